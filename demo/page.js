// The page works without this, but for showing what comes later.
"use strict";
const deeds = document.getElementById("deeds");
const seen = deeds.querySelector(".deed")?.dataset.number ?? 0; // what comes after it may be told already
const stream = new EventSource("/events?after=" + seen);
const live = document.getElementById("live");
const alive = (is) => { live.textContent = is ? "live" : "not live"; live.classList.toggle("lost", !is); };
stream.addEventListener("open", () => { live.hidden = false; alive(true); });
stream.addEventListener("error", () => alive(false));
stream.addEventListener("deed", (e) => {
  deeds.querySelector(".none")?.remove();
  deeds.insertAdjacentHTML("afterbegin", e.data);
  const deed = deeds.firstElementChild;
  deed.dataset.marked = "";
  deed.classList.add("fresh");
  setTimeout(() => deed.classList.remove("fresh"), 4000);
  while (deeds.children.length > 100) deeds.lastElementChild.remove();
});
addEventListener("pagehide", () => stream.close());
