"use strict";
(() => {
  const root = document.documentElement;
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const texts = read("texts");
  const byId = new Map(texts.documents.map((one) => [one.id, one]));
  const make = (tag, className, content) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    // Never as HTML: it is what customers wrote.
    if (content !== undefined) made.textContent = content;
    return made;
  };

  // The texts behind a figure.
  const panel = document.getElementById("panel");
  const list = document.getElementById("panel-texts");
  const one = (found) => {
    const made = make("article");
    const meta = make("div", "meta");
    if (found.polarity) meta.append(make("span", `tag ${found.polarity}`, found.polarity));
    if (found.stars !== null) meta.append(make("span", "", `${found.stars} of 5 stars`));
    for (const word of [found.time, found.product, found.source, found.language]) {
      if (word) meta.append(make("bdi", "", word));
    }
    // A served page has more of each document.
    const name = make(found.url ? "a" : "span");
    if (found.url) name.href = found.url;
    name.append(make("bdi", "", found.name));
    meta.append(name);
    const text = make("div", "text", found.text);
    text.dir = "auto";
    if (found.language) text.lang = found.language;
    made.append(meta, text);
    if (found.left_out) made.append(make("div", "muted", `… ${found.left_out} more characters`));
    return made;
  };
  const open = (key) => {
    const behind = texts.figures[key];
    if (!behind) return false;
    const all = document.getElementById("panel-all");
    if (all) all.href = behind.url;
    document.getElementById("panel-title").textContent = behind.title;
    document.getElementById("panel-note").textContent = behind.note;
    list.replaceChildren(...behind.ids.filter((id) => byId.has(id)).map((id) => one(byId.get(id))));
    list.scrollTop = 0;
    if (!panel.open) panel.showModal();
    return true;
  };
  document.addEventListener("click", (event) => {
    const figure = event.target.closest("[data-key]");
    // A link leads to all texts where somebody wants it in a tab of its own.
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (figure && !elsewhere && open(figure.dataset.key)) event.preventDefault();
    // The backdrop belongs to the dialog, whose inside other elements cover.
    if (event.target === panel) panel.close();
  });
  document.getElementById("close").addEventListener("click", () => panel.close());

  // Charts. Their colours are those of the style sheet.
  const colour = (name) => getComputedStyle(root).getPropertyValue(`--${name}`).trim();
  const axis = () => ({
    axisLine: { lineStyle: { color: colour("line") } },
    axisTick: { show: false },
    axisLabel: { color: colour("muted"), fontSize: 11, hideOverlap: true },
    splitLine: { lineStyle: { color: colour("line") } },
  });
  const frame = (data, tooltip) => ({
    animation: false,
    grid: { left: 4, right: 10, top: 14, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    tooltip: {
      trigger: "axis", renderMode: "richText", confine: true, formatter: tooltip,
      backgroundColor: colour("card"), borderColor: colour("line"),
      textStyle: { color: colour("ink"), fontSize: 12 }, axisPointer: { type: "line" },
    },
    xAxis: { type: "category", data: data.points.map((point) => point.label), ...axis(), splitLine: { show: false } },
    yAxis: { type: "value", splitNumber: 3, min: data.min, max: data.max, interval: data.interval, ...axis(), axisLine: { show: false } },
  });
  const stack = (data) => ({
    ...frame(data, (shown) => {
      const point = data.points[shown[0].dataIndex];
      const lines = data.names.map((side, place) => `${side} ${point.values[place]}`);
      return [`${data.step} of ${point.label}`, ...lines].join("\n");
    }),
    series: data.sides.map((side, place) => ({
      type: "bar", stack: "all", name: data.names[place], barCategoryGap: "22%", cursor: "pointer",
      itemStyle: { color: colour(side) },
      data: data.points.map((point) => point.values[place]),
    })),
  });
  const band = (data) => {
    const tone = colour(data.colour);
    return {
      ...frame(data, (shown) => {
        const point = data.points[shown[0].dataIndex];
        if (point.value === null) return `${data.step} of ${point.label}\nnone`;
        return `${data.step} of ${point.label}\n${point.said}\nof ${point.total}`;
      }),
      series: [
        { type: "line", stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 },
          data: data.points.map((point) => point.low) },
        { type: "line", stack: "band", symbol: "none", silent: true, lineStyle: { opacity: 0 },
          areaStyle: { color: tone, opacity: 0.16 },
          data: data.points.map((point) => (point.low === null ? null : point.high - point.low)) },
        { type: "line", symbol: "circle", symbolSize: 6, cursor: "pointer", itemStyle: { color: tone },
          lineStyle: { color: tone, width: 2 }, connectNulls: false,
          data: data.points.map((point) => point.value) },
      ],
    };
  };
  const charts = [...document.querySelectorAll(".chart")].map((place) => {
    const data = read(place.dataset.chart);
    const chart = echarts.init(place, null, { renderer: "svg" });
    chart.on("click", (event) => {
      const point = data.points[event.dataIndex];
      open(data.kind === "stack" ? point.keys[event.seriesIndex] : point.key);
    });
    return { chart, draw: () => chart.setOption(data.kind === "stack" ? stack(data) : band(data), true) };
  });
  const draw = () => charts.forEach((one) => one.draw());
  const resize = () => charts.forEach((one) => one.chart.resize());
  window.addEventListener("resize", resize);

  // Light and dark.
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const shade = document.getElementById("shade");
  const isDark = () => (root.dataset.theme ? root.dataset.theme === "dark" : dark.matches);
  const show = () => {
    shade.textContent = isDark() ? "Light" : "Dark";
    draw();
  };
  shade.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    show();
  });
  dark.addEventListener("change", show);
  show();

  // Paper shows all, and cannot be clicked.
  document.getElementById("print").addEventListener("click", () => window.print());
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details.more:not([open])")];
    closed.forEach((one) => { one.open = true; });
    resize();
  });
  window.addEventListener("afterprint", () => {
    closed.forEach((one) => { one.open = false; });
    resize();
  });
})();
