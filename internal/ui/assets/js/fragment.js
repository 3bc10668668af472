// Pieces of pages. Trusted types forbid making elements from text, so the browser parses the answer of the server as a document
// of its own, and its nodes are moved over.

// load asks for a page and resolves to what is in its body, or throws. body: what is posted, as of a form.
export function load(url, body) {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest();
    ask.open(body ? "POST" : "GET", url);
    ask.responseType = "document";
    ask.timeout = 15000;
    ask.onload = () => {
      const page = ask.response;
      if (!page || ask.status >= 400 || new URL(ask.responseURL).pathname !== new URL(url, location.href).pathname) return reject(new Error(`status ${ask.status}`));
      const piece = document.createDocumentFragment();
      piece.append(...[...page.body.childNodes].map((n) => document.adoptNode(n)));
      resolve(piece);
    };
    ask.onerror = ask.ontimeout = () => reject(new Error("the server did not answer"));
    ask.send(body ? new URLSearchParams(body) : null);
  });
}
