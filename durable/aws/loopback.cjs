// Lets the emulators that would listen everywhere listen on the loopback: node --require loopback.cjs …
const { Server } = require("node:net");
const listen = Server.prototype.listen;
Server.prototype.listen = function (first, ...rest) {
	const where = typeof first === "object" ? first : { port: first };
	return listen.call(this, { ...where, host: "127.0.0.1" }, rest.find((one) => typeof one === "function"));
};
