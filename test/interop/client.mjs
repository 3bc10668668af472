// One flow from the command line, for a test that brings its own browser:
//   node client.mjs native  '{"issuer":…,"clientId":…,"audience":…,"scope":…}'    prints OPEN <URL>, waits for the browser, prints JSON
//   node client.mjs machine '{"issuer":…,"clientId":…,"clientSecret":…,"audience":…}'    prints JSON
import { machine, native } from './flows.mjs'

const [flow, values] = process.argv.slice(2)
const options = JSON.parse(values)
const open = (url, _redirectURI, arrived) => {
  console.log(`OPEN ${url}`)
  return arrived
}
const { tokens, claims, access } = flow === 'native' ? await native({ ...options, open }) : await machine(options)
console.log(JSON.stringify({ tokenType: tokens.token_type, refreshed: Boolean(tokens.refresh_token), claims, access }))
process.exit(0)
