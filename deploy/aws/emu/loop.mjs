// The stories of loop.asl.json.
//
// usage: node loop.mjs FOLDER DEFINITION WORK, see machine.mjs.
// stdout: what became of each story, as JSON.
import { World, failure } from "./machine.mjs";

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
