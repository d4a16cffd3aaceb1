// One execution after the other of loop.asl.json, until the work is done, around a function that is called by HTTP.
// In the middle a schedule is due again and again.
//
// usage: node backfill.mjs FOLDER DEFINITION WORK URL, see machine.mjs.
// stdout: how it went, as JSON.
import { World, failure } from "./machine.mjs";

const url = process.argv[5];

const world = new World(async () => {
	const answer = await fetch(url, { method: "POST", body: JSON.stringify({ work: process.argv[4] }), signal: AbortSignal.timeout(960_000) });
	if (!answer.ok) throw failure("Lambda.Unknown", await answer.text());
	return await answer.json();
});
const ends = [];
const own = (async () => {
	for (let next = { from: "nobody" }; next; next = world.started.shift()) ends.push(await world.run(`e${ends.length}`, next));
})();
await world.begun;
const due = [];
for (let n = 0; n < 3; n++) due.push(await world.run(`due${n}`, { from: "nobody" }));
await own;
process.stdout.write(JSON.stringify({ ...world.said(ends), due, calls: world.calls, steps: ends.map((_, n) => world.steps[`e${n}`]) }));
