"use strict";
(() => {
  const root = document.documentElement;
  const shade = document.getElementById("shade");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  // The page has a script of its own, which also draws its charts anew.
  const hasOwn = document.getElementById("texts") !== null;
  const show = () => { shade.textContent = isDark() ? "Light" : "Dark"; };
  if (!hasOwn) show();
  shade.addEventListener("click", () => {
    if (!hasOwn) {
      root.dataset.theme = isDark() ? "light" : "dark";
      show();
    }
    try {
      localStorage.setItem("shade", root.dataset.theme);
    } catch {
      // It holds for this page alone.
    }
  });

  // A link is as short as it can be: what says nothing is left out of it.
  for (const form of document.querySelectorAll("form[data-short]")) {
    form.addEventListener("submit", () => {
      for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    });
    // Whoever comes back finds them as they were.
    window.addEventListener("pageshow", () => {
      for (const field of form.elements) field.disabled = false;
    });
  }

  // On a telephone filters are folded until they are wanted.
  const filters = document.querySelector("details.filters");
  if (filters && window.innerWidth < 821) filters.open = false;
})();
