"""What the service says its drivers add. Data from elsewhere: nothing of it is ever run."""
import re

_NAME = re.compile(r'[a-z][a-z0-9-]{0,62}')
_ARGUMENT = re.compile(r'[A-Za-z][A-Za-z0-9_-]{0,62}')
_TYPES = {'string': str, 'integer': int, 'number': float, 'boolean': lambda text: {'true': True, 'false': False}[text.lower()]}


def read_commands(body, warn):
    """The commands that can be used, by alias and name.

    What is malformed, or leads out of its own place, is left out and named to `warn`.
    """
    commands = {}
    extensions = body.get('extensions') if isinstance(body, dict) else None
    for extension in extensions if isinstance(extensions, list) else []:
        alias = extension.get('alias') if isinstance(extension, dict) else None
        listed = extension.get('commands') if isinstance(extension, dict) else None
        if not _is(_NAME, alias) or not isinstance(listed, list):
            warn('An extension is malformed and left out.')
            continue
        for command in listed:
            if _is_sound(command, alias):
                commands[alias, command['name']] = command
            else:
                warn(f'A command of the extension {alias} is malformed and left out.')
    return commands


def _is_sound(command, alias):
    if not isinstance(command, dict) or not _is(_NAME, command.get('name')) or not isinstance(command.get('help'), str):
        return False
    place = '/v1/clusters/{ident}/ext/' + alias + '/'
    path, schema, columns = command.get('path'), command.get('args_schema'), command.get('response_columns')
    if command.get('method') not in ('GET', 'POST') or not isinstance(path, str) or not path.startswith(place):
        return False
    if not _is(_NAME, path[len(place):]) or not isinstance(schema, dict) or not isinstance(columns, list):
        return False
    properties = schema.get('properties', {})
    return isinstance(properties, dict) and isinstance(schema.get('required', []), list) and all(
        _is(_ARGUMENT, name) and isinstance(each, dict) and each.get('type') in _TYPES for name, each in properties.items())


def _is(pattern, text):
    return isinstance(text, str) and pattern.fullmatch(text) is not None


def add_arguments(parser, command):
    """Gives an argparse parser one option for each argument of the command."""
    schema = command['args_schema']
    for name, each in schema.get('properties', {}).items():
        # In a help text argparse takes % for one of its own.
        parser.add_argument(
            f'--{name}', dest=f'argument_{name}', type=_converter(each['type']), metavar=f'<{each["type"]}>', choices=each.get('enum'),
            required=name in schema.get('required', []), help=str(each.get('description', '')).replace('%', '%%'))


def _converter(kind):
    def convert(text):
        try:
            return _TYPES[kind](text)
        except KeyError as error:
            raise ValueError(text) from error
    convert.__name__ = kind
    return convert


def given_arguments(parsed, command):
    """What was given, by the names the service knows."""
    given = {name: getattr(parsed, f'argument_{name}') for name in command['args_schema'].get('properties', {})}
    return {name: value for name, value in given.items() if value is not None}
