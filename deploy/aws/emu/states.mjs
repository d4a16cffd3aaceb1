// Validates a state machine with asl-validator and amazon-states-language-service, and prints every fault.
//
// usage: node states.mjs FOLDER DEFINITION, where FOLDER/node_modules has both.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const require = createRequire(resolve(process.argv[2], "x.js"));
const text = readFileSync(process.argv[3], "utf8").replace(/\$\{Function\}/g, "arn:aws:lambda:eu-central-1:123456789012:function:f:live");

const validate = require("asl-validator");
const { isValid, errors } = (validate.default ?? validate)(JSON.parse(text));
if (!isValid) for (const e of errors) console.log(`asl-validator: ${e["Error code"]} ${e.Message}`);

const { getLanguageService } = require("amazon-states-language-service");
const { TextDocument } = require("vscode-languageserver-textdocument");
const service = getLanguageService({});
const document = TextDocument.create("loop.asl.json", "json", 1, text);
for (const d of await service.doValidation(document, service.parseJSONDocument(document))) console.log(`amazon-states-language-service: line ${d.range.start.line + 1}: ${d.message}`);
