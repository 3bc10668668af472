// Lists of inputs: <fieldset data-rows> with a <div data-row> for each value, empty ones at the end for pages without scripts. Here
// the empty ones go but one, rows can be added and removed, and what is pasted in several lines becomes several rows.

for (const list of document.querySelectorAll("[data-rows]")) start(list);

function start(list) {
  const add = list.querySelector("[data-row-add]");
  if (!add) return; // nobody may change it
  const most = Number(list.dataset.rowsMax || 100);
  const blank = rows(list).at(-1).cloneNode(true);
  const empty = rows(list).filter((row) => inputs(row).every((i) => i.value === ""));
  for (const row of rows(list).length === empty.length ? empty.slice(1) : empty) row.remove();
  for (const row of rows(list)) wire(row);

  add.hidden = false;
  add.addEventListener("click", () => inputs(append())[0].focus());
  list.form?.addEventListener("reset", () => {
    for (const row of rows(list)) {
      row.hidden = false;
      if (row.added) row.remove();
    }
    update();
  });
  update();

  function append() {
    const row = blank.cloneNode(true);
    row.added = true;
    for (const input of inputs(row)) {
      input.value = "";
      input.removeAttribute("value");
      input.removeAttribute("autofocus");
    }
    rows(list).at(-1)?.after(row) ?? add.before(row);
    number(list);
    wire(row);
    update();
    return row;
  }

  function wire(row) {
    const remove = row.querySelector("[data-row-remove]");
    remove.hidden = false;
    remove.addEventListener("click", () => {
      for (const input of inputs(row)) input.value = "";
      row.hidden = true; // it stays, empty, so that the form knows that something changed
      update();
      list.dispatchEvent(new Event("input", { bubbles: true }));
      (rows(list).find((r) => !r.hidden) ? inputs(rows(list).find((r) => !r.hidden))[0] : add).focus();
    });
    if (inputs(row).length > 1) return;
    inputs(row)[0].addEventListener("paste", (event) => {
      const lines = event.clipboardData.getData("text").split(/[\s,]+/).filter(Boolean);
      if (lines.length < 2) return;
      event.preventDefault();
      for (const [n, line] of lines.entries()) inputs(n === 0 && event.target.value === "" ? row : append())[0].value = line;
      list.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }

  function update() { add.hidden = rows(list).filter((r) => !r.hidden).length >= most; }
}

function rows(list) { return [...list.querySelectorAll("[data-row]")]; }
function inputs(row) { return [...row.querySelectorAll("input")]; }

// number gives the rows their ids and names for screen readers again.
function number(list) {
  for (const [n, row] of rows(list).entries()) {
    for (const field of row.querySelectorAll("[aria-label]")) field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+$/, String(n + 1)));
    for (const input of inputs(row)) if (input.id && row.added) input.id = input.id.replace(/\d+$/, String(n));
  }
}
