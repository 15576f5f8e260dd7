"""`openstack coe ext`: commands that the service describes, beside those of python-magnumclient."""
import argparse
import json
from urllib.parse import quote, urlencode

from osc_lib import exceptions
from osc_lib.command import command

from jeroboam_osc.descriptors import add_arguments, given_arguments, read_commands


def _commands(app):
    _, body = _http(app).json_request('GET', '/v1/extensions')
    return read_commands(body, app.LOG.warning)


def _http(app):
    # The session that python-magnumclient has opened: the same endpoint, token and version.
    return app.client_manager.container_infra.clusters.api


class ListExtensionCommands(command.Lister):
    """List the commands that drivers add"""

    def take_action(self, parsed_args):
        rows = [(alias, name, each['help']) for (alias, name), each in sorted(_commands(self.app).items())]
        return ('extension', 'command', 'help'), rows


class Extension(command.Command):
    """Run a command that a driver adds

    "openstack coe ext list" says which there are, "openstack coe ext help <extension> <command>" what one takes.
    """

    def get_parser(self, prog_name):
        parser = super().get_parser(prog_name)
        # What follows is known when the service has described it.
        parser.add_argument('words', nargs=argparse.REMAINDER, metavar='<extension> <command> <cluster> ...')
        return parser

    def take_action(self, parsed_args):
        # The client keeps --help to itself, wherever it stands.
        wants_help = parsed_args.words[:1] == ['help']
        words = parsed_args.words[1:] if wants_help else parsed_args.words
        alias, name, *rest = [*words, None, None][:max(2, len(words))]
        described = _commands(self.app).get((alias, name))
        if described is None:
            raise exceptions.CommandError('There is no such command: see "openstack coe ext list".')
        run = DescribedCommand(self.app, self.app_args, described)
        parser = run.get_parser(f'openstack coe ext {alias} {name}')
        if wants_help:
            parser.print_help(self.app.stdout)
            return 0
        return run.run(parser.parse_args(rest))


class DescribedCommand(command.ShowOne):
    """One command, made from its description"""

    def __init__(self, app, app_args, described):
        super().__init__(app, app_args)
        self.described = described

    def get_description(self):
        return self.described['help']

    def get_parser(self, prog_name):
        parser = super().get_parser(prog_name)
        parser.add_argument('cluster', metavar='<cluster>', help='ID or name of the cluster')
        add_arguments(parser, self.described)
        return parser

    def take_action(self, parsed_args):
        given = given_arguments(parsed_args, self.described)
        path = self.described['path'].replace('{ident}', quote(parsed_args.cluster, safe=''))
        if self.described['method'] == 'POST':
            response, body = _http(self.app).json_request('POST', path, body=given)
            return ('cluster', 'operation'), (body['uuid'], response.headers.get('operation-id'))
        query = urlencode({name: str(value).lower() if isinstance(value, bool) else value for name, value in given.items()})
        _, body = _http(self.app).json_request('GET', f'{path}?{query}' if query else path)
        columns = [column for column in self.described['response_columns'] if column in body]
        return columns, [_shown(body[column], parsed_args.formatter) for column in columns]


def _shown(value, formatter):
    """A table has room for texts; other formats keep what is inside."""
    return json.dumps(value) if formatter == 'table' and isinstance(value, (dict, list)) else value
