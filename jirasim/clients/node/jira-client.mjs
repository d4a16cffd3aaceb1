// The story, told with npm jira-client in version 2.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import JiraApi from 'jira-client'
import { assert, forward, gone, site } from './story.mjs'

const jira = new JiraApi({
  protocol: 'http', host: site.url.hostname, port: site.url.port, username: site.login, password: site.token, apiVersion: '2', strictSSL: true,
})

const me = await jira.getCurrentUser()
const make = (summary) => jira.addNewIssue({
  fields: { project: { key: site.project }, issuetype: { name: 'Bug' }, summary, description: 'It is *dark*.', labels: ['lamp'] },
})
const first = (await make('The lamp is dark')).key
const second = (await make('The switch is loose')).key

await jira.updateIssue(first, { fields: { summary: 'The lamp stays dark' }, update: { labels: [{ add: 'switch' }] } })
let issue = await jira.findIssue(first, 'changelog,names')
assert.equal(issue.fields.summary, 'The lamp stays dark')
assert.deepEqual(issue.fields.labels, ['lamp', 'switch'])

const remark = await jira.addComment(first, 'Seen.')
await jira.updateComment(first, remark.id, 'Seen twice.')
assert.deepEqual((await jira.getComments(first)).comments.map((c) => c.body), ['Seen twice.'])

assert.ok((await jira.listIssueLinkTypes()).issueLinkTypes.length > 0)
await jira.issueLink({ type: { name: 'Blocks' }, inwardIssue: { key: first }, outwardIssue: { key: second } })
issue = await jira.findIssue(first)
assert.equal(issue.fields.issuelinks[0].outwardIssue.key, second)
await jira.deleteIssueLink(issue.fields.issuelinks[0].id)
const remote = await jira.createRemoteLink(first, { globalId: 'accord=1', object: { url: 'https://example.com/1', title: 'One' } })
assert.equal((await jira.getRemoteLinks(first))[0].id, remote.id)

for (const id of forward) {
  assert.ok((await jira.listTransitions(first)).transitions.some((t) => t.id === id), `no transition ${id}`)
  await jira.transitionIssue(first, { transition: { id } })
}
assert.equal((await jira.getIssue(first, ['status'])).fields.status.statusCategory.key, 'done')

const log = await jira.addWorklog(first, { timeSpent: '1h 30m', comment: 'Bulb.', started: '2026-11-24T10:00:00.000+0000' })
await jira.updateWorklog(first, log.id, { timeSpentSeconds: 7200 })
assert.equal((await jira.getIssueWorklogs(first)).worklogs[0].timeSpentSeconds, 7200)

const file = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'lamp-')), 'lamp.txt')
fs.writeFileSync(file, 'a picture of it')
const [attached] = await jira.addAttachmentOnIssue(first, fs.createReadStream(file))
assert.equal(attached.filename, 'lamp.txt')
assert.equal(attached.size, 15)
await jira.deleteAttachment(attached.id)

await jira.addWatcher(first, site.cloud ? me.accountId : me.name)
assert.ok((await jira.getIssueWatchers(first)).watchCount > 0)
const version = await jira.createVersion({ name: '1.0', project: site.project })
assert.equal((await jira.getVersion(version.id)).name, '1.0')

if (site.cloud) {
  await gone(() => jira.searchJira(`project = ${site.project}`), /has been removed/)
  const found = await jira.genericGet(`search/jql?jql=${encodeURIComponent(`project = ${site.project} AND labels = switch`)}&fields=summary`)
  assert.equal(found.issues[0].key, first)
  assert.equal((await jira.getIssueChangelog(first)).values[0].items[0].field, 'summary')
} else {
  assert.equal((await jira.searchJira(`project = ${site.project} AND labels = switch`)).issues[0].key, first)
}

await jira.deleteIssue(first)
await gone(() => jira.findIssue(first), /does not exist/i)
