"use strict";
// Before anything is drawn: light or dark as it was chosen last, else as the system has it.
(() => {
  try {
    const chosen = localStorage.getItem("shade");
    if (chosen) document.documentElement.dataset.theme = chosen;
  } catch {
    // A browser that keeps nothing shows what the system has.
  }
})();
