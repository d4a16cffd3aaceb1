// Runs loop.asl.json with aws-local-stepfunctions: its states, choices, retries and catches are the
// real ones; the table, the functions and the other executions are those below.
//
// usage: node loop.mjs FOLDER DEFINITION, where FOLDER/node_modules has aws-local-stepfunctions.
// stdout: what became of each story, as JSON.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const { StateMachine } = createRequire(resolve(process.argv[2], "x.js"))("aws-local-stepfunctions");

const substitutions = { Work: "sweep", Table: "accord", Topic: "arn:aws:sns:x:1:t", Machine: "arn:aws:states:x:1:stateMachine:m", Function: "arn:aws:lambda:eu-central-1:123456789012:function:accord-sweep:live" };
const definition = JSON.parse(readFileSync(process.argv[3], "utf8").replace(/\$\{(\w+)\}/g, (_, name) => substitutions[name]));

const failure = (name, message) => Object.assign(new Error(message), { name });

// What the machine meets: one item, the executions with what became of each, the messages that were published.
class World {
	constructor(work) {
		this.work = work;
		this.holder = null;
		this.status = new Map();
		this.told = [];
		this.transitions = 0;
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
				if (e.type.endsWith("StateEntered")) this.transitions++, (last = e.state?.name ?? last);
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

const fresh = { from: "nobody" };
const after = (n) => {
	let calls = 0;
	return () => ({ done: ++calls >= n, wait: 1 });
};

const stories = {
	async "carries on"() {
		const w = new World(after(1203));
		const ends = [await w.run("e0", fresh)];
		while (w.started.length) ends.push(await w.run(`e${ends.length}`, w.started.shift()));
		return w.said(ends);
	},
	async "two at the same time"() {
		let go;
		const gate = new Promise((r) => (go = r));
		const w = new World(async () => (await gate, { done: true, wait: 1 }));
		const first = w.run("a", fresh);
		await Promise.race([w.begun, first]);
		const second = await w.run("b", fresh);
		go();
		return w.said([await first, second]);
	},
	async "the holder died"() {
		const w = new World(after(1));
		w.holder = "gone";
		w.status.set("gone", "ABORTED");
		return w.said([await w.run("a", fresh)]);
	},
	async "the holder is forgotten"() {
		const w = new World(after(1));
		w.holder = "ninety days old";
		return w.said([await w.run("a", fresh)]);
	},
	async "it fails, and the next one goes on"() {
		let calls = 0;
		const w = new World(() => {
			if (++calls <= 6) throw failure("Lambda.Unknown", "killed");
			return { done: true, wait: 1 };
		});
		return w.said([await w.run("a", fresh), await w.run("b", fresh)]);
	},
	async "carried on twice"() {
		let go;
		const gate = new Promise((r) => (go = r));
		const w = new World(async () => (await gate, { done: true, wait: 1 }));
		w.holder = "old";
		w.status.set("old", "SUCCEEDED");
		const first = w.run("a", { from: "old" });
		await Promise.race([w.begun, first]);
		const second = await w.run("b", { from: "old" });
		go();
		return w.said([await first, second]);
	},
};

const out = {};
for (const [name, story] of Object.entries(stories)) out[name] = await story();
process.stdout.write(JSON.stringify(out));
