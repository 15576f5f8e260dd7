"""The API of Debian's python3-barbican, one request at a time; its configuration is ~/.barbican/barbican.conf.

usage: launch.py PASTE_FILE PORT
"""
import sys
from wsgiref import simple_server

from paste import deploy

if __name__ == '__main__':
    application = deploy.loadapp('config:' + sys.argv[1])
    simple_server.make_server('127.0.0.1', int(sys.argv[2]), application).serve_forever()
