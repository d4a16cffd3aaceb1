"""The story, told by the commands of PyPI jirate, which speaks with Data Center."""

import json
import os
import subprocess
import sys
import tempfile

url, flavour, project, login = sys.argv[1:5]
home = tempfile.mkdtemp()
with open(os.path.join(home, ".jirate.json"), "w") as f:
    json.dump({"jira": {"url": url, "token": "example", "default_project": project}}, f)


def jirate(*words):
    program = os.path.join(os.path.dirname(sys.executable), "jirate")
    done = subprocess.run([program, *words], env={**os.environ, "HOME": home, "COLUMNS": "200"}, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


def has(text, *words):
    for word in words:
        assert word in text, (word, text)


has(jirate("whoami"), login)
has(jirate("new", "The lamp is dark"), f"{project}-1", "Open")
has(jirate("new", "The switch is loose"), f"{project}-2")
has(jirate("subtask", f"{project}-1", "Bulb"), f"{project}-3")
jirate("assign", f"{project}-1", "ada")
jirate("link", f"{project}-1", "blocks", f"{project}-2")
jirate("attach", f"{project}-1", "https://example.com/1", "One")
jirate("mv", f"{project}-1", "In Progress")
has(jirate("cat", "-v", f"{project}-1"), "The lamp is dark", "In Progress", "Ada", f"{project}-2", "https://example.com/1", f"{project}-3")
jirate("unlink", f"{project}-1", f"{project}-2")
jirate("unassign", f"{project}-1")
has(jirate("fields", f"{project}-1"), "timetracking")
has(jirate("ll"), "Closed")
has(jirate("lt"), "Sub-task")
has(jirate("link-types"), "is duplicated by")
