# Gnocchi's own WSGI application under a server that needs no uWSGI. argv[1] is the port, the rest is Gnocchi's.
import sys

from gnocchi.cli import api
from gnocchi.rest import app
from werkzeug.serving import run_simple

port = int(sys.argv.pop(1))
run_simple('127.0.0.1', port, app.load_app(api.prepare_service()), threaded=True)
