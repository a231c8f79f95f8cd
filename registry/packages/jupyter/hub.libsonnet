// The hub: the web application that logs people in and starts their servers.
local kf = import 'kfctl.libsonnet';

local configFolder = '/usr/local/etc/jupyterhub';

local fromSecret(variable, secret, key) = { name: variable, valueFrom: { secretKeyRef: { name: secret, key: key } } };
local podNamespace = { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } };

{
  // The keys of the hub's Secret.
  tokenKey:: 'proxy-token',
  passwordKey:: 'password',
  adminPasswordKey:: 'admin-password',

  // Servers are pods with a volume claim each; the Secret is the hub's own.
  rules(secretName):: [
    kf.rule('', ['persistentvolumeclaims', 'pods'], ['create', 'delete', 'get', 'list', 'watch']),
    kf.rule('', ['events'], ['get', 'list', 'watch']),
    kf.rule('', ['secrets'], ['get', 'patch'], names=[secretName]),
  ],

  deployment(p, part, baseUrl, data)::
    local health = { httpGet: { path: baseUrl + 'hub/health', port: 'http' } };
    local configMount = { name: 'config', mountPath: configFolder, readOnly: true };
    local fillSecret = {
      name: 'fill-secret',
      image: p.string('image'),
      command: ['python3', configFolder + '/fill_secret.py'],
      env: [
        podNamespace,
        { name: 'SECRET', value: part.name },
        { name: 'SECRET_KEYS', value: std.join(' ', [$.tokenKey, $.passwordKey, $.adminPasswordKey]) },
      ],
      resources: { requests: { cpu: '10m', memory: '32Mi' }, limits: { memory: '128Mi' } },
      securityContext: kf.restricted,
      volumeMounts: [configMount],
    };
    local hub = {
      name: 'hub',
      image: p.string('image'),
      args: ['jupyterhub', '--config', configFolder + '/jupyterhub_config.py', '--upgrade-db'],
      env: [
        { name: 'PYTHONUNBUFFERED', value: '1' },
        podNamespace,
        fromSecret('CONFIGPROXY_AUTH_TOKEN', part.name, $.tokenKey),
        fromSecret('USER_PASSWORD', part.name, $.passwordKey),
        fromSecret('ADMIN_PASSWORD', part.name, $.adminPasswordKey),
      ],
      [if p.isSet('envSecret') then 'envFrom']: [{ secretRef: { name: p.string('envSecret') } }],
      ports: [{ name: 'http', containerPort: 8081 }],
      // An upgrade of the database may take minutes, and a hub that is killed in it is broken.
      startupProbe: health { periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 120 },
      readinessProbe: health { periodSeconds: 5, timeoutSeconds: 3 },
      livenessProbe: health { periodSeconds: 10, timeoutSeconds: 3, failureThreshold: 30 },
      resources: p.object('resources'),
      securityContext: kf.restricted,
      volumeMounts: [configMount, { name: 'db', mountPath: '/srv/jupyterhub' }],
    };
    kf.deployment(
      part,
      {
        serviceAccountName: part.name,
        enableServiceLinks: false,
        securityContext: { runAsUser: 1000, runAsGroup: 1000, fsGroup: 1000 },
        initContainers: [fillSecret],
        containers: [hub],
        volumes: [
          { name: 'config', configMap: { name: part.name } },
          { name: 'db', persistentVolumeClaim: { claimName: part.name + '-db' } },
        ],
      },
      annotations={ 'checksum/config': kf.checksum(data) },
      // Two hubs on one SQLite file would break it.
      strategy={ type: 'Recreate' },
    ),
}
