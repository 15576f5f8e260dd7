"""Runs the unmodified `openstack` client, each time in a process of its own that is forked from this one.

Starting Python and loading the client takes longer than what it then does, so that is done once. Reads one JSON object
a line, {"words": [...], "env": {...}, "directory": "..."}, and writes one, {"exit": n, "stdout": "...", "stderr": "..."}.
"""
import json
import os
import sys
import tempfile

# The client calls itself by this name from when it is loaded.
sys.argv = ['openstack']

from cryptography import x509  # noqa: F401
from keystoneauth1.identity import v3  # noqa: F401
from magnumclient.osc.v1 import cluster_templates, clusters  # noqa: F401
from magnumclient.v1 import client  # noqa: F401
from openstackclient import shell
from openstackclient.identity import client as identity  # noqa: F401


def run(words, env, directory):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            os.dup2(out.fileno(), 1)
            os.dup2(err.fileno(), 2)
            become(words, env, directory)
        _, status = os.waitpid(child, 0)
        return {'exit': os.waitstatus_to_exitcode(status), 'stdout': text_of(out), 'stderr': text_of(err)}


def become(words, env, directory):
    """Never returns: is the command `openstack` from here on."""
    os.chdir(directory)
    os.environ.update(env)
    code = 70
    try:
        code = shell.main(words)
    except SystemExit as end:
        code = end.code
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code or 0)


def text_of(file):
    file.seek(0)
    return file.read().decode()


for line in sys.stdin:
    print(json.dumps(run(**json.loads(line))), flush=True)
