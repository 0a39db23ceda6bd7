// Many wishes to do the same are one deed: at once, then at most once in a while, never two at a time.

/**
 * @param {() => Promise<void>} run @param {number} everyMs
 * @returns {() => void} asks for a run; the last wish is never forgotten
 */
export function coalesce(run, everyMs) {
  let last = -Infinity;
  let timer = 0;
  let running = false;
  let again = false;

  async function go() {
    timer = 0;
    running = true;
    again = false;
    last = performance.now();
    try {
      await run();
    } finally {
      running = false;
      if (again) wish();
    }
  }

  function wish() {
    if (running) again = true;
    else timer ||= setTimeout(go, Math.max(0, last + everyMs - performance.now()));
  }

  return wish;
}
