// The story, told with npm jira-connector in version 2.
import JiraClient from 'jira-connector'
import { assert, forward, gone, site } from './story.mjs'

const jira = new JiraClient({
  host: site.url.hostname, port: site.url.port, protocol: 'http', basic_auth: { username: site.login, password: site.token },
})

const make = (summary) => jira.issue.createIssue({
  fields: { project: { key: site.project }, issuetype: { name: 'Bug' }, summary, description: 'It is *dark*.', labels: ['lamp'] },
})
const first = (await make('The lamp is dark')).key
const second = (await make('The switch is loose')).key

await jira.issue.editIssue({ issueKey: first, issue: { fields: { summary: 'The lamp stays dark' } } })
assert.equal((await jira.issue.getIssue({ issueKey: first })).fields.summary, 'The lamp stays dark')
await jira.issue.addComment({ issueKey: first, body: 'Seen.' })
assert.equal((await jira.issue.getComments({ issueKey: first })).comments[0].body, 'Seen.')
await jira.issueLink.createIssueLink({ issueLink: { type: { name: 'Blocks' }, inwardIssue: { key: first }, outwardIssue: { key: second } } })
for (const id of forward) {
  await jira.issue.transitionIssue({ issueKey: first, transition: { id } })
}
await jira.issue.addWorkLog({ issueKey: first, worklog: { timeSpent: '1h 30m', started: '2026-11-24T10:00:00.000+0000' } })
assert.equal((await jira.issue.getWorkLogs({ issueKey: first })).worklogs[0].timeSpentSeconds, 5400)
if (!site.cloud) {
  assert.equal((await jira.search.search({ method: 'POST', jql: `project = ${site.project} AND issuekey = ${first}` })).issues[0].key, first)
}
await jira.issue.deleteIssue({ issueKey: first })
await gone(() => jira.issue.getIssue({ issueKey: first }), /404|does not exist/i)
