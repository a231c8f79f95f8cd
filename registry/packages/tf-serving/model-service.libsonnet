// The Service in front of the model servers of one model, and with Istio the split of its traffic between versions.
local kf = import 'kfctl.libsonnet';

// "v1:90:v2:10" -> [{version: 'v1', weight: 90}, {version: 'v2', weight: 10}]
local trafficSplit(p) =
  local words = std.split(p.string('trafficRule'), ':');
  local bad(why) = p.fail('trafficRule', "is '%s'; %s" % [p.string('trafficRule'), why]);
  local number(s) =
    local ok = s != '' && std.foldl(function(all, c) all && std.member('0123456789', c), std.stringChars(s), true);
    if ok then std.parseInt(s) else bad("'%s' is not a weight" % s);
  if std.length(words) % 2 != 0 then bad('write VERSION:WEIGHT pairs, such as v1:90:v2:10')
  else
    local split = [{ version: words[i], weight: number(words[i + 1]) } for i in std.range(0, std.length(words) - 1) if i % 2 == 0];
    local total = std.foldl(function(sum, s) sum + s.weight, split, 0);
    if total == 100 then split else bad('the weights add up to %d, not 100' % total);

local routing(p, part, modelName) =
  local split = trafficSplit(p);
  [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'DestinationRule',
      metadata: part.meta(),
      spec: { host: part.name, subsets: [{ name: s.version, labels: { version: s.version } } for s in split] },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: part.meta(),
      spec: {
        hosts: ['*'],
        gateways: [p.string('istioGateway')],
        http: [{
          match: [{ uri: { prefix: '/istio/tfserving/models/' + modelName } }],
          rewrite: { uri: '/v1/models/' + modelName },
          route: [
            { destination: { host: part.name, subset: s.version, port: { number: 8501 } }, weight: s.weight }
            for s in split
          ],
        }],
      },
    },
  ];

{
  // `selector` picks the pods; `part` names the objects.
  new(p, part, selector, modelName)::
    local annotations = if !p.bool('enablePrometheus') then {} else {
      'prometheus.io/scrape': 'true',
      'prometheus.io/path': '/monitoring/prometheus/metrics',
      'prometheus.io/port': '8501',
    };
    local service = kf.service(
      part,
      // Istio takes the protocol from the name's first word.
      [
        { name: 'grpc-tf-serving', port: 8500, targetPort: 'grpc' },
        { name: 'http-tf-serving', port: 8501, targetPort: 'http' },
      ],
      type=p.choice('serviceType', ['ClusterIP', 'NodePort', 'LoadBalancer']),
      annotations=annotations,
    );
    [service { spec+: { selector: selector } }] +
    (if p.bool('injectIstio') then routing(p, part, modelName) else []),
}
