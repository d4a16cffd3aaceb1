import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.StringWriter;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.lang.StringEscapeUtils;
import org.apache.velocity.VelocityContext;
import org.apache.velocity.app.VelocityEngine;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Renders a mapping template with Apache Velocity, as render.mjs does with velocityjs.
 *
 * <p>stdin: lines of a name, a space and a value in base64. The names: template; body; path.NAME, querystring.NAME,
 * header.NAME, context.NAME, stage.NAME; and render, which renders what came since the last one.
 * stdout: what is rendered, in base64, a line each.
 */
public class Render {
	/** What a template knows as $input. */
	public static class Input {
		private final Map<String, Map<String, String>> values;
		private final String body;

		Input(Map<String, Map<String, String>> values, String body) {
			this.values = values;
			this.body = body;
		}

		public String getBody() {
			return body;
		}

		public Map<String, Map<String, String>> params() {
			return values;
		}
	}

	/** What a template knows as $util. */
	public static class Util {
		public String escapeJavaScript(String text) {
			return StringEscapeUtils.escapeJavaScript(text);
		}

		public String base64Encode(String text) {
			return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
		}
	}

	public static void main(String[] args) throws Exception {
		VelocityEngine engine = new VelocityEngine();
		engine.setProperty("runtime.log.logsystem.class", "org.apache.velocity.runtime.log.NullLogChute");
		engine.init();
		BufferedReader in = new BufferedReader(new InputStreamReader(System.in, UTF_8));
		String template = "";
		String body = "";
		Map<String, Map<String, String>> values = fresh();
		for (String line = in.readLine(); line != null; line = in.readLine()) {
			String[] parts = line.split(" ", 2);
			String value = new String(Base64.getDecoder().decode(parts[1]), UTF_8);
			switch (parts[0]) {
				case "template" -> template = value;
				case "body" -> body = value;
				case "render" -> {
					VelocityContext names = new VelocityContext();
					names.put("input", new Input(values, body));
					names.put("util", new Util());
					names.put("context", values.get("context"));
					names.put("stageVariables", values.get("stage"));
					StringWriter out = new StringWriter();
					engine.evaluate(names, out, "template", template);
					System.out.println(Base64.getEncoder().encodeToString(out.toString().getBytes(UTF_8)));
					values = fresh();
				}
				default -> {
					String[] name = parts[0].split("\\.", 2);
					values.get(name[0]).put(name[1], value);
				}
			}
		}
	}

	private static Map<String, Map<String, String>> fresh() {
		Map<String, Map<String, String>> values = new HashMap<>();
		for (String name : new String[] {"path", "querystring", "header", "context", "stage"}) {
			values.put(name, new HashMap<>());
		}
		return values;
	}
}
