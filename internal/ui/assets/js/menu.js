// Keys in a menu. The browser opens and closes it, also on Esc, and returns the focus; here arrow keys, Home and End walk
// through it, and opening it with the arrow goes to the first action.

for (const button of document.querySelectorAll("[data-menu]")) {
  const list = document.getElementById(button.getAttribute("popovertarget"));
  if (!list) continue;
  const items = () => [...list.querySelectorAll(".menu-item")];
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    list.showPopover({ source: button });
    items().at(event.key === "ArrowDown" ? 0 : -1)?.focus();
  });
  list.addEventListener("toggle", (event) => {
    if (event.newState === "open" && !list.contains(document.activeElement)) items()[0]?.focus({ preventScroll: true });
  });
  list.addEventListener("keydown", (event) => walk(event, items()));
  list.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !list.contains(event.relatedTarget) && event.relatedTarget !== button) list.hidePopover();
  });
}

function walk(event, items) {
  const at = items.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  items.at(to % items.length)?.focus();
}
