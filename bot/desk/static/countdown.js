// Clocks that run: every element that shows what is left until a moment, once a second.

import { fullMomentOf, leftUntil } from "./moments.js";

const running = new Map();

/** Shows in `node` how long it is until `due`; stops when the node leaves the page. */
export function countDown(node, due) {
  node.title = fullMomentOf(due);
  running.set(node, { due, wasThere: false });
  tick(node, due);
  return node;
}

function tick(node, due) {
  const { text, level } = leftUntil(due);
  if (node.textContent === text) return;
  node.textContent = text;
  for (const name of ["soon", "over"]) node.classList.toggle(name, name === level);
}

function tickAll() {
  for (const [node, clock] of running) {
    if (node.isConnected) clock.wasThere = true;
    else if (clock.wasThere) running.delete(node);
    tick(node, clock.due);
  }
}

setInterval(tickAll, 1000);
document.addEventListener("visibilitychange", tickAll);
