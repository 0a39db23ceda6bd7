// Before anything is painted: the colours this person chose, or the system's.
(() => {
  try {
    const chosen = JSON.parse(localStorage.getItem("nightdesk.desk.theme"));
    if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  } catch {
    // Storage is blocked: the system decides.
  }
})();
