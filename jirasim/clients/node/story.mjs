// What the stories share: where the site is, and what to do when it is wrong.
import assert from 'node:assert/strict'

const [url, flavour, project, login] = process.argv.slice(2)

export const site = { url: new URL(url), flavour, project, login, token: 'example', cloud: flavour === 'cloud' }

// gone expects a call to be refused: with a status, or with words of a client that tells none.
export async function gone(call, status) {
  try {
    await call()
  } catch (e) {
    if (typeof status === 'number') assert.equal(e.status, status, `refused with ${e.status}: ${e.message ?? e}`)
    else assert.match(e.message ?? String(e), status)
    return
  }
  assert.fail(`not refused, want ${status}`)
}

// forward are the transitions that lead to the last status.
export const forward = flavour === 'cloud' ? ['11', '21', '31'] : ['4', '711', '2']

export { assert }
