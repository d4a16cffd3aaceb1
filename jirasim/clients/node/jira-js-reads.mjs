// Every read of npm jira.js in version 3, of the platform and of its boards,
// each of which checks the shape of what it is answered.
import * as platform from 'jira.js/cloud'
import * as agile from 'jira.js/agile'
import { createClient } from 'jira.js/core'
import { assert, site } from './story.mjs'

const odd = new Set()
const jira = createClient({
  host: site.url.origin,
  auth: { type: 'basic', email: site.login, apiToken: site.token },
  onSchemaMismatch: ({ endpoint, issues }) => issues.forEach((i) => odd.add(`${endpoint}: ${i.path} is ${i.received}, not ${i.expected}`)),
})

// send is for what is there before anything is read.
async function send(method, path, body) {
  const answer = await fetch(site.url.origin + path, {
    method, body: JSON.stringify(body), headers: { authorization: `Basic ${btoa(`${site.login}:${site.token}`)}`, 'content-type': 'application/json' },
  })
  const text = await answer.text()
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`)
  return text && JSON.parse(text)
}

const api = '/rest/api/3', boards = '/rest/agile/1.0'
const doc = { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: 'It is dark.' }] }] }
const make = (name) => send('POST', `${api}/issue`, { fields: { project: { key: site.project }, issuetype: { name }, summary: name, description: doc } })
const [bug, task, epic] = [await make('Bug'), await make('Task'), await make('Epic')]
const first = async (path) => {
  const all = await send('GET', path)
  const list = Array.isArray(all) ? all : Object.values(all).find(Array.isArray)
  return list[0].id
}
const comment = await send('POST', `${api}/issue/${bug.key}/comment`, { body: doc })
const worklog = await send('POST', `${api}/issue/${bug.key}/worklog`, { timeSpent: '1h', comment: doc })
const remote = await send('POST', `${api}/issue/${bug.key}/remotelink`, { globalId: 'accord=1', object: { url: 'https://example.com/1', title: 'One' } })
const version = await send('POST', `${api}/version`, { name: '1.0', project: site.project })
const component = await send('POST', `${api}/component`, { name: 'Light', project: site.project })
const filter = await send('POST', `${api}/filter`, { name: 'Lamps', jql: `project = ${site.project}` })
const category = await send('POST', `${api}/projectCategory`, { name: 'Rooms', description: '' })
const board = await first(`${boards}/board`)
const sprint = await send('POST', `${boards}/sprint`, { name: 'First', originBoardId: board })
await send('POST', `${api}/issueLink`, { type: { name: 'Blocks' }, inwardIssue: { key: bug.key }, outwardIssue: { key: task.key } })
await send('POST', `${boards}/epic/${epic.key}/issue`, { issues: [task.key] })
await send('POST', `${boards}/sprint/${sprint.id}/issue`, { issues: [bug.key] })
const link = (await send('GET', `${api}/issue/${bug.key}?fields=issuelinks`)).fields.issuelinks[0].id
const severity = (await send('GET', `${api}/field`)).find((f) => f.name === 'Severity').id
const context = await first(`${api}/field/${severity}/context`)
for (const of of [`${api}/issue/${bug.key}`, `${api}/project/${site.project}`, `${api}/comment/${comment.id}`, `${api}/issue/${bug.key}/worklog/${worklog.id}`, `${boards}/board/${board}`, `${boards}/sprint/${sprint.id}`]) {
  await send('PUT', `${of}/properties/accord`, { a: 1 })
}
const me = (await send('GET', `${api}/myself`)).accountId
const share = await send('POST', `${api}/filter/${filter.id}/permission`, { type: 'authenticated' })
const type = await first(`${api}/issuetype`), status = await first(`${api}/status`), project = (await send('GET', `${api}/project/${site.project}`)).id

// What stands in a path, by its name; a longer beginning of the path wins.
const names = [
  ['', 'issueIdOrKey', bug.key], ['', 'issueKey', bug.key], ['', 'issueId', bug.id], ['', 'projectIdOrKey', site.project], ['', 'projectKeyOrId', site.project], ['', 'projectId', project],
  ['', 'propertyKey', 'accord'], ['', 'commentId', comment.id], ['', 'worklogId', worklog.id], ['', 'linkId', String(remote.id)], ['', 'boardId', board], ['', 'sprintId', sprint.id],
  ['', 'epicIdOrKey', epic.key], ['', 'epicId', epic.id], ['', 'fieldId', severity], ['', 'contextId', context], ['', 'issueTypeId', type], ['', 'screenId', 1], ['', 'statusId', status],
  ['', 'issueLinkTypeId', await first(`${api}/issueLinkType`)], ['', 'tabId', await first(`${api}/screens/1/tabs`)], ['', 'projectTypeKey', 'software'], ['', 'accountId', me], ['', 'filterId', filter.id],
  ['', 'permissionId', share[0].id], ['', 'idOrKey', 'done'], ['', 'idOrName', status], [`${api}/issueLink/`, 'linkId', link], [`${api}/version/`, 'id', version.id], [`${api}/component/`, 'id', component.id],
  [`${api}/filter/`, 'id', filter.id], [`${api}/projectCategory/`, 'id', category.id], [`${api}/role/`, 'id', 10002], [`${api}/project/`, 'id', 10002], [`${api}/issuetype/`, 'id', type],
  [`${api}/priority/`, 'id', await first(`${api}/priority`)], [`${api}/resolution/`, 'id', await first(`${api}/resolution`)], [`${api}/issue/`, 'id', comment.id], ['/rest/api/3/issue/${parameters.issueIdOrKey}/worklog', 'id', worklog.id],
  ['/rest/api/3/customFieldOption/', 'id', await first(`${api}/field/${severity}/context/${context}/option`)],
]
const within = (path, name) => names.filter((n) => n[1] === name && path.startsWith(n[0])).sort((a, b) => b[0].length - a[0].length)[0]?.[2]

// What else is to be said.
const all = 'names,schema,changelog,renderedFields,operations,editmeta,transitions'
const more = {
  getUser: { accountId: me }, getUserGroups: { accountId: me }, bulkGetUsers: { accountId: [me] }, getGroup: { groupname: 'staff' }, getUsersFromGroup: { groupname: 'staff' },
  findUsers: { query: 'a' }, findUsersForPicker: { query: 'a' }, findUsersAndGroups: { query: 'a' }, findAssignableUsers: { project: site.project }, findBulkAssignableUsers: { projectKeys: site.project },
  findUsersWithBrowsePermission: { query: 'a', projectKey: site.project }, findUsersWithAllPermissions: { query: 'a', permissions: 'BROWSE_PROJECTS' }, getStatusesById: { id: [status] },
  validateProjectKey: { key: 'ABC' }, getValidProjectKey: { key: 'ABC' }, getValidProjectName: { name: 'A' }, getMyPermissions: { permissions: 'BROWSE_PROJECTS' }, getIssue: { expand: all },
  searchAndReconsileIssuesUsingJql: { jql: `project = ${site.project}`, fields: ['*all'], expand: all }, getCreateIssueMeta: { expand: 'projects.issuetypes.fields' }, getIssueTypesForProject: { projectId: Number(project) },
  getTransitions: { expand: 'transitions.fields' }, getProject: { expand: 'description,issueTypes,lead,projectKeys' }, searchProjects: { expand: 'description,projectKeys,lead,issueTypes,url' },
  getFieldAutoCompleteForQueryString: { fieldName: 'status', fieldValue: '' }, getComments: { expand: 'renderedBody' }, getIssueWorklog: { expand: 'properties' }, getIssueEstimationForBoard: { boardId: board },
  getVersion: { expand: 'operations,issuesstatus' }, getFieldsPaginated: { expand: 'key,lastUsed,screensCount,contextsCount,isLocked,searcherKey' },
}

let answered = 0
for (const [name, read] of [...Object.entries(platform), ...Object.entries(agile)]) {
  const path = typeof read === 'function' && /method:\s*['"]GET['"]/.test(read.toString()) && /url:\s*['"`]([^'"`]+)['"`]/.exec(read.toString())?.[1]
  if (!path) continue
  const given = { ...more[name] }
  for (const [, n] of path.matchAll(/\$\{parameters\.(\w+)\}/g)) given[n] = within(path, n)
  if (Object.values(given).includes(undefined)) continue
  try {
    await read(jira, given)
    answered++
  } catch (e) {
    assert.ok([400, 403, 404, 405].includes(e.status), `${name}: ${e.status} ${e.message}`)
  }
}
// Boards are said to have no null in what a change was from; platform's document knows it.
const real = [...odd].filter((o) => !/^GET \/rest\/agile\/1\.0\/issue\/.*changelog/.test(o))
assert.deepEqual(real, [])
assert.ok(answered >= 150, `only ${answered} reads were answered`)
console.log(`${answered} reads`)
