// The security check of what is typed: <aside data-draft-findings="where to ask" data-form="id of the form">. It asks a moment after
// the last change, gives up what it asked before, and leaves what is shown in place if the server does not answer.

const wait = 400; // milliseconds

for (const place of document.querySelectorAll("[data-draft-findings]")) start(place);

function start(place) {
  const form = document.getElementById(place.dataset.form);
  if (!form) return;
  place.setAttribute("aria-live", "polite");
  let timer, asking;
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, wait);
  };
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("reset", later);
  const count = document.querySelector("[data-draft-count]"); // beside the save bar, where the check itself is out of sight
  tell();
  if (!place.querySelector("[data-findings]")) ask();

  function tell() {
    if (!count) return;
    count.textContent = place.querySelector("[data-findings]")?.dataset.count ?? "";
    count.parentElement.hidden = count.textContent === "";
  }

  function ask() {
    asking?.abort();
    asking = new XMLHttpRequest();
    asking.open("POST", place.dataset.draftFindings);
    asking.responseType = "document"; // the browser parses it: no element is made from text here
    asking.timeout = 10000;
    const mine = asking;
    asking.onload = () => {
      const found = mine.response?.querySelector("[data-findings]"); // of another page, a sign-in for instance, there is none
      if (mine.status !== 200 || !found) return;
      place.replaceChildren(document.adoptNode(found));
      tell();
    };
    asking.send(new URLSearchParams(new FormData(form)));
  }
}
