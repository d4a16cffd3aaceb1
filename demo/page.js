// The page works without this, but for showing what comes later.
"use strict";
const deeds = document.getElementById("deeds");
const stream = new EventSource("/events");
let lost = false;
const live = document.getElementById("live");
stream.addEventListener("open", () => { live.hidden = false; if (lost) location.reload(); });
stream.addEventListener("error", () => { lost = true; live.textContent = "not live"; live.classList.add("lost"); });
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
