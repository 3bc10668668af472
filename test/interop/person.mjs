// A person without a browser: follows redirects with cookies, signs in on the plain form, presses Allow on the plain form.

export class Person {
  #cookies = new Map()

  constructor(email, password) {
    this.email = email
    this.password = password
    this.pages = []
  }

  // open follows the authorization request until it leaves for `until`, and returns that URL.
  async open(url, until, decision = 'allow') {
    let next = { url: String(url), method: 'GET' }
    for (let step = 0; step < 20; step++) {
      if (next.url.startsWith(until)) return new URL(next.url)
      const response = await this.#fetch(next)
      const location = response.headers.get('location')
      if (response.status === 302 || response.status === 303) {
        next = { url: new URL(location, next.url).href, method: 'GET' }
        continue
      }
      const page = await response.text()
      if (response.status !== 200) throw new Error(`${next.method} ${next.url} answered ${response.status}:\n${text(page)}`)
      this.pages.push(page)
      next = this.#submit(page, next.url, decision)
    }
    throw new Error('the person was sent around in circles')
  }

  async #fetch({ url, method, body }) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const response = await fetch(url, {
      method,
      redirect: 'manual',
      headers: { ...(cookie && { cookie }), ...(body && { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(url).origin }) },
      body,
    })
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(';')
      const at = pair.indexOf('=')
      this.#cookies.set(pair.slice(0, at), pair.slice(at + 1))
    }
    return response
  }

  // submit fills in the first form of the page: what a person would do who reads it.
  #submit(page, url, decision) {
    const form = page.match(/<form\b([^>]*)>([\s\S]*?)<\/form>/i)
    if (!form) throw new Error(`there is no form on ${url}:\n${text(page)}`)
    const body = new URLSearchParams()
    for (const [, tag] of form[2].matchAll(/<input\b([^>]*)>/gi)) {
      if (attribute(tag, 'type') === 'hidden') body.append(attribute(tag, 'name'), attribute(tag, 'value') ?? '')
    }
    if (/name="password"/.test(form[2])) {
      body.set('email', this.email)
      body.set('password', this.password)
    } else {
      const buttons = [...form[2].matchAll(/<button\b([^>]*)>/gi)].map(([, tag]) => [attribute(tag, 'name'), attribute(tag, 'value')])
      const pressed = buttons.find(([, value]) => value === decision)
      if (!pressed) throw new Error(`there is no ${decision} button on ${url}:\n${text(page)}`)
      body.set(...pressed)
    }
    const action = attribute(form[1], 'action')
    return { url: action ? new URL(action, url).href : url, method: 'POST', body }
  }
}

function attribute(tag, name) {
  return tag
    .match(new RegExp(`\\b${name}="([^"]*)"`))?.[1]
    .replaceAll('&amp;', '&')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
}

function text(page) {
  return page.replace(/<style[\s\S]*?<\/style>|<script[\s\S]*?<\/script>|<[^>]+>/g, ' ').replace(/\s+/g, ' ').slice(0, 600)
}
