"""Runs the unmodified `openstack` client, each time in a process of its own that is forked from this one.

Starting Python and loading the client takes longer than what it then does, so that is done once. Reads one JSON object
a line, {"words": [...], "env": {...}, "directory": "..."}, and writes one, {"exit": n, "stdout": "...", "stderr": "..."}.
"""
import importlib
import json
import os
import sys
import tempfile
from importlib import metadata

# The client calls itself by this name from when it is loaded.
sys.argv = ['openstack']

from openstackclient import shell  # noqa: E402


def load_commands():
    """What the client would load at every start: the modules of all its commands, and of the ways to log in."""
    known = metadata.entry_points()
    groups = [group for group in known.groups if group.startswith('openstack.') or group == 'keystoneauth1.plugin']
    for module in {entry.module for group in groups for entry in known.select(group=group)}:
        try:
            importlib.import_module(module)
        except ImportError:
            # A way to log in whose library is not installed: the client passes over it too.
            continue


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


load_commands()
for line in sys.stdin:
    print(json.dumps(run(**json.loads(line))), flush=True)
