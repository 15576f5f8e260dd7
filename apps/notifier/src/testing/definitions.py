# Reads Jeroboam's billing definitions with the code of those who will: Ceilometer's Gnocchi publisher. argv[1] is the
# folder; samples come in as JSON; what becomes of them goes out as JSON.
import json
import sys

import yaml
from ceilometer.publisher import gnocchi
from stevedore import extension


class Sample(object):
    def __init__(self, fields):
        self.fields = fields

    def as_dict(self):
        return self.fields


folder, given = sys.argv[1], json.load(sys.stdin)
plugins = extension.ExtensionManager(namespace='ceilometer.event.trait_plugin')
with open(folder + '/gnocchi_resources.magnum.yaml') as file:
    entries = yaml.safe_load(file)['resources']
definitions = [gnocchi.ResourcesDefinition(entry, 'ceilometer-low', None, plugins) for entry in entries]


def placed(sample):
    [definition] = [one for one in definitions if sample['name'] in one.metrics]
    return {'resource_type': definition.cfg['resource_type'], 'attributes': definition.sample_attributes(Sample(sample))}


print(json.dumps([placed(sample) for sample in given]))
