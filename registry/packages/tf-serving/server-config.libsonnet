// The configuration files of the model server, in protobuf's text format.

// The fields of BatchingParameters that hold a wrapped number.
local batchingNumbers = [
  'batch_timeout_micros',
  'max_batch_size',
  'max_enqueued_batches',
  'num_batch_threads',
];

local batchingLine(p, key, v) =
  if std.member(batchingNumbers, key) then '%s { value: %d }' % [key, v]
  else if key == 'allowed_batch_sizes' then std.join('\n', ['allowed_batch_sizes: %d' % n for n in v])
  else if key == 'pad_variable_length_inputs' then 'pad_variable_length_inputs: %s' % v
  else p.fail('batching', "has '%s'; allowed: allowed_batch_sizes, %s, pad_variable_length_inputs" % [
    key,
    std.join(', ', batchingNumbers),
  ]);

{
  batching(p)::
    local parameters = p.object('batching');
    std.join('\n', [batchingLine(p, k, parameters[k]) for k in std.objectFields(parameters)]) + '\n',

  monitoring:: 'prometheus_config { enable: true path: "/monitoring/prometheus/metrics" }\n',

  // One model, of which only the given versions are loaded.
  models(name, basePath, versions):: |||
    model_config_list {
      config {
        name: "%s"
        base_path: "%s"
        model_platform: "tensorflow"
        model_version_policy { specific { %s } }
      }
    }
  ||| % [name, basePath, std.join(' ', ['versions: ' + v for v in versions])],
}
