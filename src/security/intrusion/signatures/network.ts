import { Part, signature, type Signature } from '../signature';

const { path, query, header } = Part;
const value = query | header;

/** Requests the server should make for the attacker, protocol tricks, and tools that say who they are. */
export const networkAbuse: readonly Signature[] = [
  signature(
    'ssrf.odd-scheme',
    'text',
    40,
    /\b(?:gopher|dict|ldaps?|ldapi|tftp|sftp|smb|netdoc|ssh2?|svn|telnet|rmi|iiop|corba[a-z]{0,6}|nis|imaps?|pop3s?|smtps?|rtsp|rtmp|acap|afp|cap|cvs|ed2k|facetime|feed|finger|go|iax2|irc6?s?|jdbc|ldapr|lua|mailto|maven|mms|mumble|nfs|opc|oracle|postgres|prospero|redis|rsync|sip|skype|snmp|steam|teamspeak|turn|udp|unreal|ut2004|ventrilo|view-source|wais|webcal|ws|wss|xmpp|z39|mysql|mongodb|local|url|chrome|about|res|php|blob|filesystem|doc|git|hg|bzr|s3|gs|aaas?|adiumxtra|attachment|aw|beshare|bitcoin|bolo|callto|ventrilo|crid|data|dav|dns|dntp|fish|gg|gizmoproject|h323|hcp|icap|icon|info|iris|itms|jabber|javascript|jms|keyparc|lastfm|magnet|maps|market|message|mid|msnim|msrp|mtqp|mupdate|mvn|news|nih?|nntp|notes|oid|paparazzi|pkcs11|platform|pres|proxy|psyc|query|reload|secondlife|service|session|sftp|sgn|shttp|sieve|sips|soap|soldat|spotify|tag|tel|things|tip|tn3270|tv|unistim|urn|vemmi|vnc|xcon|xfire|xri|ymsgr)[:;]\/\/|\burl:(?:file|http)|:\/\/(?:[^/\s]{0,60}@)?\/|\burl:\w+:\/\//,
    'URL schemes no client passes',
    value | path,
  ),
  signature(
    'ssrf.internal-host',
    'text',
    20,
    /(?:https?:\/{0,3}|:\/{1,3})(?:[^/\s@]{0,60}@)?(?:localhost|127\.\d|0\.0\.0\.0|0(?:[:/]|$)|\[[:0-9a-f.]{2,45}(?:%[\w]+)?\]|10\.\d{1,3}\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|169\.254\.|100\.100\.100\.200|metadata\.|instance-data|0x[0-9a-f]{2}|0\d{2,3}\.|\d{8,10}(?:[:/]|$)|\d{1,3}\.\d{1,6}(?:[:/]|$)|(?:0x[0-9a-f]+\.){1,3}|[\w.-]{1,60}\.(?:nip\.io|xip\.io|sslip\.io|localtest\.me|lvh\.me|burpcollaborator\.net|oastify\.com|interact\.sh|oast\.\w{2,6}|internal|local|localdomain|vcap\.me|ngrok\.io|requestbin\.\w+|webhook\.site|dnslog\.cn|ceye\.io)\b|localhost\d?\.)/,
    'addresses inside the network',
    value,
  ),
  signature(
    'ssrf.bare-internal',
    'text',
    20,
    /(?:^|=)(?:localhost\d?(?:\.localdomain\d?)?|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|0x7f\w{0,8}|::1|\[::\w{0,4}\]|169\.254\.169\.254|metadata\.google\.internal|ip6-localhost|017700000001|2130706433)(?:[:/]|$)|\/latest\/meta-data|\/computemetadata\/v\d|\bmetadata\/(?:instance|identity|v1)|\/opc\/v\d|\/openstack\/latest/,
    'metadata services and loopback',
    value,
  ),
  signature(
    'ssrf.ip-target',
    'text',
    10,
    /(?:^|[=\s'"])(?:https?|ftps?):\/{1,3}(?:[^/\s@]{0,60}@)?(?:\d{1,3}(?:\.\d{1,3}){3}|\[)/,
    'URL with a bare address',
    value,
  ),
  signature(
    'ssrf.remote-include',
    'text',
    20,
    /(?:^|[=\s'"(])(?:https?|ftps?):\/\/[^\s?&:(]{1,120}(?:\?$|\.(?:php\d?|txt|jsp|asp|pl|cgi|sh|exe|js|gif|jpe?g|dat)\??(?:$|\s|\?))|^(?:ftp|https?):\/\/[^\s]{1,120}\?+$|^https?\?$|^(?:https?|ftp):\/\/[\w.-]{1,80}\/?$/,
    'includes a remote file',
    query,
  ),
  signature(
    'ssrf.credential-trick',
    'text',
    20,
    /:\/\/[^/\s]{0,60}(?:\\|#\s?@|%23@|\s@|&@|@[^/\s]{1,60}@|\\@)|^@[\w-]{1,60}\.[a-z]{2,10}|(?:^|\s)&?@\d{1,3}\.\d/,
    'URL that means two hosts',
    value,
  ),
  signature(
    'protocol.absolute-target',
    'raw',
    20,
    /^[a-z][a-z0-9+.-]{1,20}:\/\//,
    'the gateway is no forward proxy',
    path,
  ),
  signature('protocol.method-override', 'text', 10, /^_method=\w/, 'asks for another method than it sends', Part.pair),
  signature(
    'protocol.session-fixation',
    'text',
    10,
    /^(?:jsessionid|phpsessid|aspsessionid\w{0,12}|asp\.net_sessionid|cfid|cftoken|cfsid|sessionid|session_id|session-id|sid|zend_session_id|laravel_session|connect\.sid|shiny-token|viewstate|jservsession\w{0,4}|jwsession|sess(?:ion)?_?token|jsess\w{2,12}|phpsess\w{2,6}|_session_id|wordpress_logged_in\w{0,40}|rack\.session|ci_session|symfony|sf_session\w{0,8}|express\.sid|nodesess\w{0,4}|frontend|xoops\w{3,10}|playsession|play_session|session|_?flask_session|[\w.-]{0,30}session-token|sails\.sid)=\S{6,}/,
    'sets a session id of other software',
    Part.pair,
  ),
  signature(
    'scanner.callback-domain',
    'text',
    40,
    /\b(?:burpcollaborator\.net|oastify\.com|oast\.(?:pro|live|site|online|fun|me)|interact\.sh|dnslog\.cn|ceye\.io|xss\.ht|bxss\.me|r87\.\w{2,4}|ezxss\.com|canarytokens\.com|pipedream\.net)\b/,
    'call-back hosts of scanners',
  ),
  signature(
    'scanner.test-marker',
    'text',
    20,
    /\b(?:acunetix|nessus|nikto|sqlmap|netsparker|w00tw00t|qualys|openvas|appscan|burpcollab\w{0,6}|cve-20\d\d-\d{3,6}|wvs_|muieblackcat|zmeu|jorgee)\b/,
    'names tests and scanners',
  ),
];
