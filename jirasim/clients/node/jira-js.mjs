// The story, told with npm jira.js in version 3, which checks the shape of every answer.
import { createAgileClient, createCloudClient } from 'jira.js'
import { assert, forward, gone, site } from './story.mjs'

const options = { host: site.url.origin, auth: { type: 'basic', email: site.login, apiToken: site.token } }
const jira = createCloudClient(options)
const agile = createAgileClient(options)
const doc = (text) => ({ type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] })

const me = await jira.myself.getCurrentUser({})
const project = await jira.projects.getProject({ projectIdOrKey: site.project })
const make = (summary) => jira.issues.createIssue({
  fields: { project: { key: project.key }, issuetype: { name: 'Bug' }, summary, description: doc('It is dark.'), labels: ['lamp'] },
})
const first = (await make('The lamp is dark')).key
const second = (await make('The switch is loose')).key

await jira.issues.editIssue({ issueIdOrKey: first, fields: { summary: 'The lamp stays dark' }, update: { labels: [{ add: 'switch' }] } })
let issue = await jira.issues.getIssue({ issueIdOrKey: first, expand: 'changelog,names' })
assert.equal(issue.fields.summary, 'The lamp stays dark')

const remark = await jira.issueComments.addComment({ issueIdOrKey: first, body: doc('Seen.') })
await jira.issueComments.updateComment({ issueIdOrKey: first, id: remark.id, body: { body: doc('Seen twice.') } })
const remarks = await jira.issueComments.getComments({ issueIdOrKey: first })
assert.equal(remarks.comments[0].body.content[0].content[0].text, 'Seen twice.')

await jira.issueLinks.linkIssues({ type: { name: 'Blocks' }, inwardIssue: { key: first }, outwardIssue: { key: second } })
issue = await jira.issues.getIssue({ issueIdOrKey: first })
assert.equal(issue.fields.issuelinks[0].outwardIssue.key, second)
await jira.issueLinks.deleteIssueLink({ linkId: issue.fields.issuelinks[0].id })

for (const id of forward) {
  const { transitions } = await jira.issues.getTransitions({ issueIdOrKey: first })
  assert.ok(transitions.some((t) => t.id === id), `no transition ${id}`)
  await jira.issues.doTransition({ issueIdOrKey: first, transition: { id } })
}

const log = await jira.issueWorklogs.addWorklog({ issueIdOrKey: first, timeSpentSeconds: 5400, comment: doc('Bulb.'), started: '2026-11-24T10:00:00.000+0000' })
assert.equal(log.timeSpentSeconds, 5400)
const [file] = await jira.issueAttachments.addAttachment({ issueIdOrKey: first, attachments: { filename: 'lamp.txt', content: Buffer.from('a picture of it') } })
assert.equal(file.filename, 'lamp.txt')
await jira.issueAttachments.removeAttachment({ id: file.id })
await jira.issueWatchers.addWatcher({ issueIdOrKey: first, accountId: me.accountId })

const found = await jira.issueSearch.searchAndReconsileIssuesUsingJql({ jql: `project = ${site.project} AND status = Done`, fields: ['status'] })
assert.equal(found.issues[0].key, first)
await jira.issueFields.getFields({})
await jira.issueProperties.setIssueProperty({ issueIdOrKey: first, propertyKey: 'accord', body: { a: 1 } })
await agile.board.getAllBoards({})

await jira.issues.deleteIssue({ issueIdOrKey: first })
await gone(() => jira.issues.getIssue({ issueIdOrKey: first }), 404)
