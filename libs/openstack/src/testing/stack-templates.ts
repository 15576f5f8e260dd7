/** A group that can be of any size, slow or broken, and something to say. */
export const TEMPLATE = {
  heat_template_version: '2018-08-31',
  description: 'contract',
  parameters: {
    greeting: { type: 'string', default: 'hi' },
    count: { type: 'number', default: 1 },
    fail: { type: 'boolean', default: false },
    wait: { type: 'number', default: 0 },
    password: { type: 'string', hidden: true, default: 'secret', constraints: [{ length: { max: 20 } }] },
  },
  resources: {
    hello: { type: 'OS::Heat::TestResource', properties: { value: { get_param: 'greeting' }, wait_secs: { get_param: 'wait' } } },
    members: {
      type: 'OS::Heat::ResourceGroup',
      properties: {
        count: { get_param: 'count' },
        resource_def: { type: 'OS::Heat::TestResource', properties: { value: { get_param: 'greeting' }, fail: { get_param: 'fail' } } },
      },
    },
  },
  outputs: {
    said: { value: { get_attr: ['hello', 'output'] } },
    sizes: { value: { get_attr: ['members', 'output'] } },
  },
};

export const STACK_PARAMETERS = { greeting: 'hi', count: 1 };
