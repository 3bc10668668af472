// Ticked rows: the bar shows itself once a row is ticked and says how many; the box in the head ticks all; Shift ticks a range.

for (const bar of document.querySelectorAll("[data-bulk]")) {
  const boxes = [...bar.elements].filter((e) => "tick" in e.dataset);
  const all = boxes[0]?.closest("table").querySelector("[data-tick-all]");
  const count = bar.querySelector(".bulk-count");
  const none = bar.querySelector("[data-bulk-none]");
  let last = -1;

  const update = () => {
    const n = boxes.filter((b) => b.checked).length;
    bar.hidden = n === 0;
    count.textContent = n === 0 ? "" : `${n} ${n === 1 ? bar.dataset.word : bar.dataset.words} ticked`;
    if (!all) return;
    all.checked = n > 0 && n === boxes.length;
    all.indeterminate = n > 0 && n < boxes.length;
  };
  boxes.forEach((box, i) => box.addEventListener("click", (event) => {
    if (event.shiftKey && last >= 0) {
      for (const between of boxes.slice(Math.min(i, last), Math.max(i, last) + 1)) between.checked = box.checked;
    }
    last = i;
    update();
  }));
  const set = (on) => {
    for (const box of boxes) box.checked = on;
    update();
  };
  if (all) {
    all.closest("label").hidden = false;
    all.addEventListener("change", () => set(all.checked));
  }
  none.hidden = false;
  none.addEventListener("click", () => set(false));
  addEventListener("pageshow", update);
  update();
}
