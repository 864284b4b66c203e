"use strict";
// The texts: those behind a figure, or all that are in the file; searched, filtered, and linked to.
(() => {
  const data = JSON.parse(document.getElementById("texts").textContent);
  const byId = new Map(data.documents.map((one) => [one.id, one]));
  const at = (id) => document.getElementById(id);
  const panel = at("panel"), list = at("panel-texts"), form = at("filters"), words = at("filter-q");
  const ALL = "all";
  // Above this, a link to more would help nobody: words do.
  const SHOWN = 200;
  const make = (tag, className, content) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    // Never as HTML: it is what customers wrote.
    if (content !== undefined) made.textContent = content;
    return made;
  };

  // What can be chosen; each is a key of the address, too.
  const values = {
    polarity: (one) => [one.polarity],
    product: (one) => [one.product],
    theme: (one) => one.themes.map(String),
    language: (one) => [one.language],
    stars: (one) => [one.stars === null ? null : String(Math.round(one.stars))],
  };
  const named = { theme: (id) => data.themes[id], stars: (stars) => `${stars} of 5` };
  const keys = Object.keys(values);
  const counts = (key, texts) => {
    const found = new Map();
    for (const one of texts) {
      for (const value of values[key](one)) {
        if (value) found.set(value, (found.get(value) || 0) + 1);
      }
    }
    return found;
  };
  const name = (key, value) => (named[key] ? named[key](value) : value);

  // Words without regard to case and accents, and where each sign of theirs is in the text.
  const folded = (text) => {
    let signs = "";
    const places = [];
    let place = 0;
    for (const sign of text) {
      const plain = sign.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
      signs += plain;
      for (let each = 0; each < plain.length; each += 1) places.push(place);
      place += sign.length;
    }
    places.push(place);
    return { signs, places };
  };
  const fold = (one) => {
    one.folded = one.folded || folded([one.text, one.name].join("\n"));
    return one.folded;
  };
  const asked = (said) => [...said.matchAll(/"([^"]+)"|(\S+)/g)].map((found) => folded(found[1] || found[2].replaceAll('"', "")).signs).filter(Boolean);

  // The state: which texts, and what of them. It is the address behind the `#`.
  let state = null;
  const base = () => {
    const ids = state.figure === ALL ? data.documents.map((one) => one.id) : data.figures[state.figure].ids;
    return ids.filter((id) => byId.has(id)).map((id) => byId.get(id));
  };
  const fits = (one, without) => asked(state.q).every((word) => fold(one).signs.includes(word))
    && keys.every((key) => key === without || !state[key] || values[key](one).includes(state[key]));
  const address = () => {
    const said = new URLSearchParams({ figure: state.figure });
    for (const key of ["q", ...keys]) if (state[key]) said.set(key, state[key]);
    return `#${said}`;
  };
  const parse = () => {
    const said = new URLSearchParams(location.hash.slice(1));
    const figure = said.get("figure");
    if (!figure || !(figure === ALL || Object.hasOwn(data.figures, figure))) return null;
    return Object.fromEntries([["figure", figure], ...["q", ...keys].map((key) => [key, said.get(key) || ""])]);
  };

  const marked = (one) => {
    const text = one.text, foldedText = state.q ? fold(one) : null;
    const spans = [];
    for (const word of asked(state.q)) {
      for (let found = foldedText.signs.indexOf(word); found >= 0; found = foldedText.signs.indexOf(word, found + word.length)) {
        spans.push([foldedText.places[found], foldedText.places[found + word.length]]);
      }
    }
    const made = make("div", "text");
    let end = 0;
    for (const [from, to] of spans.sort((a, b) => a[0] - b[0])) {
      if (from < end || from >= text.length) continue;
      made.append(text.slice(end, from), make("mark", "", text.slice(from, to)));
      end = to;
    }
    made.append(text.slice(end));
    return made;
  };
  const article = (one) => {
    const made = make("article");
    const meta = make("div", "meta");
    if (one.polarity) meta.append(make("span", `tag ${one.polarity}`, one.polarity));
    if (one.stars !== null) meta.append(make("span", "", `${one.stars} of 5 stars`));
    for (const word of [one.time, one.product, one.source, one.language]) {
      if (word) meta.append(make("bdi", "", word));
    }
    // A served page has more of each document.
    const name = make(one.url ? "a" : "span");
    if (one.url) name.href = one.url;
    name.append(make("bdi", "", one.name));
    meta.append(name);
    const text = marked(one);
    text.dir = "auto";
    if (one.language) text.lang = one.language;
    made.append(meta, text);
    if (one.left_out) made.append(make("div", "muted", `… ${one.left_out} more characters`));
    return made;
  };

  const choose = (key, texts) => {
    const select = at(`filter-${key}`);
    const found = counts(key, texts.filter((one) => fits(one, key)));
    if (state[key] && !found.has(state[key])) found.set(state[key], 0);
    const order = [...found].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    const options = order.map(([value, count]) => {
      const option = make("option", "", `${name(key, value) || value} (${count})`);
      option.value = value;
      return option;
    });
    const any = make("option", "", "any");
    any.value = "";
    select.replaceChildren(any, ...options);
    select.value = state[key];
    select.closest("label").hidden = counts(key, texts).size < 2 && !state[key];
  };
  const draw = () => {
    const texts = base(), figure = data.figures[state.figure];
    at("panel-title").textContent = figure ? figure.title : at("panel-all") ? "Texts on this page" : "Texts in this file";
    at("panel-note").textContent = figure ? figure.note : "Some of those behind each figure; not all that customers wrote.";
    keys.forEach((key) => choose(key, texts));
    if (words.value !== state.q) words.value = state.q;
    const found = texts.filter((one) => fits(one));
    // A served page has some of each figure's at hand, too.
    const here = at("panel-all") ? "on this page" : "in this file";
    const whole = figure ? `of this figure ${here}` : here;
    at("panel-count").textContent = `${found.length} of ${texts.length} of the texts ${whole}${found.length > SHOWN ? `; the first ${SHOWN} are shown` : ""}`;
    at("panel-link").href = address();
    const all = at("panel-all");
    if (all) {
      all.hidden = !figure;
      if (figure) all.href = figure.url;
    }
    at("filter-reset").hidden = !["q", ...keys].some((key) => state[key]);
    list.replaceChildren(...found.slice(0, SHOWN).map(article));
    if (!found.length) list.append(make("p", "missing", "None of these texts; choose less, or other words."));
    list.scrollTop = 0;
  };
  const show = (focus) => {
    form.hidden = base().length < 2;
    draw();
    if (!panel.open) panel.showModal();
    if (focus) words.focus();
  };
  const open = (figure, focus) => {
    if (figure !== ALL && !Object.hasOwn(data.figures, figure)) return false;
    state = Object.fromEntries([["figure", figure], ...["q", ...keys].map((key) => [key, ""])]);
    history.pushState(null, "", address());
    show(focus);
    return true;
  };
  const changed = () => {
    for (const key of keys) state[key] = at(`filter-${key}`).value;
    state.q = words.value;
    history.replaceState(null, "", address());
    draw();
  };
  const follow = () => {
    const said = parse();
    if (said) { state = said; show(false); } else if (panel.open) panel.close();
  };

  document.addEventListener("texts", (event) => open(event.detail, false));
  document.addEventListener("click", (event) => {
    const figure = event.target.closest("[data-key]");
    // A link leads to all texts where somebody wants it in a tab of its own.
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (figure && !elsewhere && open(figure.dataset.key, false)) event.preventDefault();
    // The backdrop belongs to the dialog, whose inside other elements cover.
    if (event.target === panel) panel.close();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    if (panel.open && !form.hidden) words.focus(); else open(ALL, true);
  });
  form.addEventListener("input", changed);
  at("filter-reset").addEventListener("click", () => {
    for (const key of ["q", ...keys]) state[key] = "";
    history.replaceState(null, "", address());
    draw();
    words.focus();
  });
  at("find").addEventListener("click", () => open(ALL, true));
  at("close").addEventListener("click", () => panel.close());
  // Once it is closed, the address is that of the page again.
  panel.addEventListener("close", () => {
    if (parse()) history.replaceState(null, "", location.pathname + location.search);
  });
  window.addEventListener("hashchange", follow);
  window.addEventListener("popstate", follow);
  follow();
})();
