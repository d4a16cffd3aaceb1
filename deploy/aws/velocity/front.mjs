// Takes webhooks as the template's API does: its mapping renders each into a PutRecord, and what Kinesis says
// decides the answer by the template's own patterns.
//
// usage: node front.mjs FOLDER CONFIG, where FOLDER/node_modules has velocityjs, and CONFIG is a file:
//   {"door": "PathKey", "templates": {"application/json": "…"}, "responses": [{"StatusCode": "200", "SelectionPattern": "200"}],
//    "stage": {"stream": "…"}, "kinesis": "http://127.0.0.1:1234", "authorization": "…"}
// stdout: its own address, once it listens.
import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mapping } from "./mapping.mjs";

const api = JSON.parse(readFileSync(process.argv[3], "utf8"));
const templates = Object.fromEntries(Object.entries(api.templates).map(([kind, text]) => [kind, mapping(process.argv[2], text)]));

// The headers by the names that they came with, which a template tells apart.
function headers(raw) {
	const out = {};
	for (let i = 0; i < raw.length; i += 2) out[raw[i]] = raw[i + 1];
	return out;
}

async function body(request) {
	const parts = [];
	for await (const part of request) parts.push(part);
	return Buffer.concat(parts).toString("base64") || "{}"; // what the gateway gives where there is none
}

// The response of the pattern that matches the whole status; the one without a pattern is for all else.
function choose(status) {
	const matched = api.responses.find((r) => r.SelectionPattern && new RegExp(`^(?:${r.SelectionPattern})$`).test(String(status)));
	return matched ?? api.responses.find((r) => !r.SelectionPattern);
}

async function put(text) {
	const answer = await fetch(api.kinesis, {
		method: "POST",
		headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": "Kinesis_20131202.PutRecord", authorization: api.authorization },
		body: text,
		signal: AbortSignal.timeout(10_000),
	});
	await answer.arrayBuffer();
	return answer.status;
}

async function answer(request) {
	const url = new URL(request.url, "http://front");
	const [, door, hooks, site, key, ...more] = url.pathname.split("/").map(decodeURIComponent);
	if (request.method !== "POST" || door !== api.door || hooks !== "hooks" || !key || more.length) return { StatusCode: "403" };
	const render = templates[(request.headers["content-type"] ?? "application/json").split(";")[0].trim()];
	if (!render) return { StatusCode: "415" };
	const call = {
		input: { path: { site, key }, querystring: Object.fromEntries(url.searchParams), header: headers(request.rawHeaders) },
		body: await body(request),
		context: { requestId: randomUUID(), requestTimeEpoch: Date.now() },
		stage: api.stage,
	};
	return choose(await put(render(call)).catch(() => 504));
}

const server = createServer(async (request, response) => {
	const { StatusCode, ResponseTemplates, ResponseParameters } = await answer(request).catch(() => ({ StatusCode: "500" }));
	for (const [name, value] of Object.entries(ResponseParameters ?? {})) response.setHeader(name.replace("method.response.header.", ""), value.replaceAll("'", ""));
	response.writeHead(Number(StatusCode), { "content-type": "application/json" });
	response.end(ResponseTemplates?.["application/json"] ?? "{}");
});
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
