// Keys: / goes to the search box, and a filter that changes sends its form.

const search = document.querySelector("[data-slash]");
if (search) {
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
}

for (const field of document.querySelectorAll("[data-send]")) {
  field.addEventListener("change", () => field.form.requestSubmit());
}
for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;

// "Tick all" ticks every box of its group. Ticking one means that the group is wanted, so it chooses the radio button in front.
for (const group of document.querySelectorAll("[data-all]")) {
  const boxes = [...group.querySelectorAll("input[type=checkbox]:not([disabled])")];
  const button = group.querySelector("[data-all-button]");
  const choice = group.closest("form")?.querySelector(`[type=radio][value="${group.dataset.all}"]`);
  group.addEventListener("change", () => { if (choice) choice.checked = true; });
  if (!button) continue;
  button.hidden = boxes.length < 2;
  button.addEventListener("click", () => {
    const on = boxes.some((b) => !b.checked);
    for (const box of boxes) box.checked = on;
    boxes[0]?.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

// On a narrow page the tab one is at may stand outside of what is seen.
document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
