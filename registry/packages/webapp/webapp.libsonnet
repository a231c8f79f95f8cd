// A stateless web application: one Deployment behind one Service.
local kf = import 'kfctl.libsonnet';

// A configuration file's content: text as it is, anything else as JSON.
local fileContent(v) = if std.isString(v) then v else std.manifestJsonEx(v, '  ') + '\n';

local container(p, files, configPath) =
  local port = { containerPort: p.int('containerPort', min=1), name: 'http' };
  local command = p.strings('command');
  local args = p.strings('args');
  local probe =
    if p.isSet('probePath') then { httpGet: { path: p.string('probePath'), port: 'http' } }
    else { tcpSocket: { port: 'http' } };
  {
    name: 'web',
    image: p.string('image'),
    ports: [port],
    [if command != [] then 'command']: command,
    [if args != [] then 'args']: args,
    [if p.object('env') != {} then 'env']: kf.env(p.object('env')),
    [if p.isSet('envSecret') then 'envFrom']: [{ secretRef: { name: p.string('envSecret') } }],
    resources: p.object('resources'),
    // A slow start is the startup probe's business (up to 5 minutes), so liveness can be strict afterwards.
    startupProbe: probe { periodSeconds: 5, failureThreshold: 60 },
    readinessProbe: probe { periodSeconds: 5, timeoutSeconds: 3 },
    livenessProbe: probe { periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 3 },
    securityContext:
      if p.choice('securityProfile', ['restricted', 'baseline']) == 'restricted' then kf.restricted
      else { allowPrivilegeEscalation: false, seccompProfile: { type: 'RuntimeDefault' } },
    [if files != {} then 'volumeMounts']: [{ name: 'config', mountPath: configPath, readOnly: true }],
  };

local ingress(p, part) = {
  local host = p.string('ingressHost'),
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: part.meta(),
  spec: {
    [if p.isSet('ingressClass') then 'ingressClassName']: p.string('ingressClass'),
    [if p.isSet('ingressTlsSecret') then 'tls']: [{ hosts: [host], secretName: p.string('ingressTlsSecret') }],
    rules: [{
      host: host,
      http: { paths: [{
        path: '/',
        pathType: 'Prefix',
        backend: { service: { name: part.name, port: { name: 'http' } } },
      }] },
    }],
  },
};

{
  new(env, params):: {
    local p = kf.params(params),
    local part = kf.app('webapp', env, p).part(),
    local files = { [k]: fileContent(p.object('config')[k]) for k in std.objectFields(p.object('config')) },
    local runAsUser = p.optionalInt('runAsUser'),
    assert !p.onlyWith('ingressClass', 'ingressHost', p.isSet('ingressHost')),
    assert !p.onlyWith('ingressTlsSecret', 'ingressHost', p.isSet('ingressHost')),
    local pod = {
      automountServiceAccountToken: false,
      [if runAsUser != null then 'securityContext']: { runAsUser: runAsUser },
      containers: [container(p, files, p.string('configPath'))],
      [if files != {} then 'volumes']: [{ name: 'config', configMap: { name: part.name + '-config' } }],
    },

    configMap:: if files == {} then null else kf.configMap(part, files, '-config'),
    service:: kf.service(
      part,
      [{ name: 'http', port: p.int('servicePort', min=1), targetPort: 'http' }],
      type=p.choice('serviceType', ['ClusterIP', 'NodePort', 'LoadBalancer']),
    ),
    deployment:: kf.deployment(
      part,
      pod,
      replicas=p.int('replicas'),
      annotations=if files == {} then {} else { 'checksum/config': kf.checksum(files) },
    ),
    ingress:: if p.isSet('ingressHost') then ingress(p, part) else null,

    list:: kf.list([self.configMap, self.service, self.deployment, self.ingress]),
  },
}
