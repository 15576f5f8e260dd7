"""Stand-ins for what a cloud would make: servers, ports, volumes, load balancers.

Each one is the real resource class, so Heat checks types, properties and updates of a template as it always does, but
nothing is called: a stand-in is there at once, and what it shows is made from its id. Custom constraints (is there
such a flavor?) hold for every name. OS::Heat::* stays what it is.

Files in the folder that STAND_IN_FAULTS names say what goes wrong instead, each for the stacks in whose names its own
name is, as a JSON list of {type, action, error, message, times} or {type, action, seconds}:
`times` is used up by what it strikes.
"""
import glob
import hashlib
import importlib
from importlib import metadata
import json
import os
import pkgutil
import time
import uuid

from heat.engine import attributes
from heat.engine import constraints
from heat.engine import resource

SERVICES = ('nova', 'neutron', 'cinder', 'octavia', 'glance')


class AnyName(constraints.BaseCustomConstraint):
    def validate(self, value, context, template=None):
        return True


def address(seed, network):
    """Always the same one for the same seed; from the ranges set aside for documentation."""
    digest = hashlib.sha256(seed.encode()).digest()
    return '%s.%d' % (network, 1 + digest[0] % 254)


def strike(struck, action):
    """Fails in the words of the service, or says for how many seconds it is going to take."""
    for path in glob.glob(os.path.join(os.environ.get('STAND_IN_FAULTS', ''), '*.json')):
        part, _ = os.path.splitext(os.path.basename(path))
        if part in struck.stack.name:
            seconds = strike_by(path, struck.type(), action)
            if seconds > 0:
                return seconds
    return 0


def strike_by(path, kind, action):
    with open(path) as file:
        faults = json.load(file)
    fault = next((each for each in faults if (each['type'], each['action']) == (kind, action) and each.get('times', 1) > 0), None)
    if fault is None:
        return 0
    if 'times' in fault:
        fault['times'] -= 1
        with open(path, 'w') as file:
            json.dump(faults, file)
    if 'seconds' in fault:
        return fault['seconds']
    raise type(fault['error'], (Exception,), {})(fault['message'])


class StandIn(object):
    """Goes before the real class, and answers in place of everything that would ask a service."""

    @classmethod
    def is_service_available(cls, context):
        return (True, None)

    def validate(self):
        return resource.Resource.validate(self)

    def translation_rules(self, properties):
        return []

    def needs_replace_failed(self):
        return True

    def handle_create(self):
        seconds = strike(self, 'create')
        self.resource_id_set(str(uuid.uuid4()))
        return time.monotonic() + seconds

    def check_create_complete(self, end):
        return time.monotonic() >= end

    def handle_update(self, json_snippet, tmpl_diff, prop_diff):
        return None

    def check_update_complete(self, *args):
        return True

    def handle_delete(self):
        # What was never made is nowhere to be deleted.
        if self.resource_id is not None:
            strike(self, 'delete')

    def check_delete_complete(self, *args):
        return True

    def handle_check(self):
        return None

    def parse_live_resource_data(self, resource_properties, resource_data):
        return {}

    def get_reference_id(self):
        return str(self.resource_id or self.name)

    def get_attribute(self, key, *path):
        return attributes.select_from_attribute(self._resolve_attribute(key), path)

    def _show_resource(self):
        return {'id': self.resource_id, 'name': self.physical_resource_name(), 'status': 'ACTIVE'}

    def _resolve_attribute(self, name):
        own = self.get_reference_id()
        private, public = address(own, '192.0.2'), address(own, '198.51.100')
        shown = {
            'show': self._show_resource(), 'id': own, 'status': 'ACTIVE', 'name': self.physical_resource_name(),
            'instance_name': self.physical_resource_name(),
            'first_address': private, 'accessIPv4': private, 'vip_address': private, 'fixed_ip_address': private,
            'ip_address': private, 'floating_ip_address': public, 'cidr': '192.0.2.0/24',
            'fixed_ips': [{'ip_address': private, 'subnet_id': own}], 'subnets': [own],
            'networks': {'private': [private]},
            'addresses': {'private': [{'addr': private, 'version': 4, 'OS-EXT-IPS:type': 'fixed'}]},
            'network_id': own, 'port_id': own, 'vip_port_id': own, 'vip_subnet_id': own, 'pool_id': own,
        }
        return shown.get(name, own)


def real_classes():
    for service in SERVICES:
        package = importlib.import_module('heat.engine.resources.openstack.' + service)
        for found in pkgutil.iter_modules(package.__path__, package.__name__ + '.'):
            mapping = getattr(importlib.import_module(found.name), 'resource_mapping', None)
            if mapping:
                yield from mapping().items()


def resource_mapping():
    return {name: type('StandIn' + real.__name__, (StandIn, real), {}) for name, real in real_classes()}


def constraint_mapping():
    known = (point.name for point in metadata.entry_points(group='heat.constraints'))
    return {name: AnyName for name in known if name.split('.')[0] in SERVICES}
