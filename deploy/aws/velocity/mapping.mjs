// A mapping template of API Gateway, rendered by velocityjs in place of its engine.
//
//   const render = mapping(FOLDER, template)   FOLDER/node_modules has velocityjs
//   render({input: {path: {}, querystring: {}, header: {}}, body: "…", context: {}, stage: {}})
import { createRequire } from "node:module";
import { resolve } from "node:path";

// The Java function of the same name: what is not printable ASCII becomes \uXXXX, and quotes, slashes and backslashes get a backslash.
function escapeJavaScript(text) {
	const short = { "\b": "\\b", "\n": "\\n", "\t": "\\t", "\f": "\\f", "\r": "\\r", "'": "\\'", '"': '\\"', "\\": "\\\\", "/": "\\/" };
	let out = "";
	for (const unit of String(text).split("")) {
		const code = unit.charCodeAt(0);
		out += short[unit] ?? (code < 32 || code > 126 ? "\\u" + code.toString(16).toUpperCase().padStart(4, "0") : unit);
	}
	return out;
}

// A map of Java. What is not in it prints as nothing in a quiet reference.
const lookup = (o) => ({ get: (name) => (Object.hasOwn(o ?? {}, name) ? o[name] : undefined) });

// What Java's String has and velocityjs lacks.
const strings = [{ uid: "length", match: ({ property, context }) => property === "length" && typeof context === "string", resolve: ({ context }) => context.length }];

export function mapping(folder, template) {
	const { Compile, parse } = createRequire(resolve(folder, "x.js"))("velocityjs");
	const parsed = parse(template);
	return (call) => {
		const params = { path: lookup(call.input.path), querystring: lookup(call.input.querystring), header: lookup(call.input.header) };
		const names = {
			input: { body: call.body, params: () => params },
			util: { escapeJavaScript, base64Encode: (text) => Buffer.from(String(text), "utf8").toString("base64") },
			context: call.context,
			stageVariables: call.stage,
		};
		return new Compile(parsed, { customMethodHandlers: strings }).render(names);
	};
}
