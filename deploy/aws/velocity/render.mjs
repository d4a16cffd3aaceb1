// Renders a mapping template as API Gateway would, call after call.
//
// stdin:  {"template": "…", "calls": [{"input": {"path": {}, "querystring": {}, "header": {}}, "body": "…", "context": {}, "stage": {}}]}
// stdout: a JSON list with the text that each call is rendered to.
//
// usage: node render.mjs FOLDER, where FOLDER/node_modules has velocityjs.
import { readFileSync } from "node:fs";
import { mapping } from "./mapping.mjs";

const { template, calls } = JSON.parse(readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(calls.map(mapping(process.argv[2], template))));
