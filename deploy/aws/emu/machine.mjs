// Runs loop.asl.json with aws-local-stepfunctions: its states, choices, retries and catches are the
// real ones; the table, the functions and the other executions are those below.
//
// The arguments of whoever imports it: FOLDER DEFINITION WORK, where FOLDER/node_modules has aws-local-stepfunctions,
// and WORK is the name of the function that is called.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const { StateMachine } = createRequire(resolve(process.argv[2], "x.js"))("aws-local-stepfunctions");

const work = process.argv[4];
const substitutions = { Work: work, Table: "accord", Topic: "arn:aws:sns:x:1:t", Machine: "arn:aws:states:x:1:stateMachine:m", Function: `arn:aws:lambda:eu-central-1:123456789012:function:accord-${work}:live` };
const definition = JSON.parse(readFileSync(process.argv[3], "utf8").replace(/\$\{(\w+)\}/g, (_, name) => substitutions[name]));

export const failure = (name, message) => Object.assign(new Error(message), { name });

// What the machine meets: one item, the executions with what became of each, the messages that were published.
export class World {
	constructor(work) {
		this.work = work;
		this.holder = null;
		this.status = new Map();
		this.told = [];
		this.transitions = 0;
		this.steps = {}; // transitions of each execution
		this.calls = 0;
		this.working = 0;
		this.most = 0; // functions at work at the same time
		this.started = [];
		this.begun = new Promise((r) => (this.begin = r)); // resolved by the first call
	}

	put({ Item, ConditionExpression, ExpressionAttributeValues }) {
		const holds = (clause) =>
			clause === "attribute_not_exists(pk)" ? this.holder === null : this.holder !== null && this.holder === ExpressionAttributeValues[clause.replace("holder = ", "")].S;
		if (!ConditionExpression.split(" OR ").some(holds)) throw failure("DynamoDB.ConditionalCheckFailedException", "no");
		this.holder = Item.holder.S;
		return {};
	}

	handlers() {
		return {
			Take: (p) => this.put(p),
			TakeOver: (p) => this.put(p),
			Who: () => (this.holder === null ? {} : { Item: { holder: { S: this.holder } } }),
			Alive: ({ ExecutionArn }) => {
				if (!this.status.has(ExecutionArn)) throw failure("Sfn.ExecutionDoesNotExistException", "no");
				return { Status: this.status.get(ExecutionArn) };
			},
			Call: async () => {
				this.calls++;
				this.most = Math.max(this.most, ++this.working);
				this.begin();
				try {
					return await this.work();
				} finally {
					this.working--;
				}
			},
			Release: ({ ExpressionAttributeValues }) => {
				if (this.holder !== ExpressionAttributeValues[":me"].S) throw failure("DynamoDB.ConditionalCheckFailedException", "no");
				this.holder = null;
				return {};
			},
			CarryOn: ({ Input }) => {
				this.started.push(Input);
				return {};
			},
			Tell: (p) => {
				this.told.push(p.Subject);
				return {};
			},
		};
	}

	// Runs one execution to its end, and says how it ended.
	async run(id, input) {
		this.status.set(id, "RUNNING");
		const quick = Object.fromEntries(Object.keys(definition.States).map((s) => [s, 0]));
		const options = {
			overrides: { taskResourceLocalHandlers: this.handlers(), waitTimeOverrides: { Wait: 0 }, retryIntervalOverrides: quick },
			context: { Execution: { Id: id, Input: input } },
		};
		const execution = new StateMachine(definition, { validationOptions: { checkArn: false } }).run(input, options);
		const watched = (async () => {
			let last = "";
			for await (const e of execution.eventLogs) {
				if (!e.type.endsWith("StateEntered")) continue;
				this.transitions++;
				this.steps[id] = (this.steps[id] ?? 0) + 1;
				last = e.state?.name ?? last;
			}
			return last;
		})();
		try {
			await execution.result;
			this.status.set(id, "SUCCEEDED");
		} catch {
			this.status.set(id, "FAILED");
		}
		return `${this.status.get(id)} in ${await watched}`;
	}

	said(ends) {
		return { ends, holder: this.holder, told: this.told, most: this.most, transitions: this.transitions };
	}
}
