import { Part, signature, type Signature } from '../signature';

const { query, header } = Part;
const value = query | header;

const unix =
  'cat|ls|id|whoami|uname|ping6?|wget|curl|nc|ncat|netcat|bash|sh|zsh|ksh|csh|dash|python[\\d.]*|perl|ruby|php\\d?|node|lua|sleep|echo|printf|chmod|chown|rm|cp|mv|mkdir|touch|tail|head|more|less|tac|nl|od|xxd|base64|awk|gawk|sed|grep|egrep|find|which|ps|top|kill|killall|netstat|ss|ifconfig|ip\\sa|route|arp|nslookup|dig|host|traceroute|telnet|ftp|tftp|scp|ssh|socat|rsync|env|set|export|printenv|alias|eval|exec|source|sudo|su|passwd|useradd|crontab|at\\s|nohup|timeout|xargs|tee|tar|gzip|gunzip|zip|unzip|df|du|mount|lsof|dmesg|history|last|w\\b|who|hostname|date\\s|pwd|dir|type\\s|getent|openssl|gcc|make|mysql|psql|systemctl|service|reboot|shutdown|halt|busybox|vi|vim|nano|ed\\s|strings|rev|sort\\s|uniq\\s|wc\\s|cut\\s|tr\\s|dd\\s|mkfifo|mknod|lynx|fetch|jq|git\\s|apt|apt-get|yum|pip|npm|docker|kubectl|sendmail|mail\\s|expr|test\\s|trap|ulimit|umask|unset|declare|finger|lsb_release|lscpu|ld\\.so|python|install\\s|pkexec|doas|bzip2|xz|zcat|bzcat|hd|hexdump|fold|pr\\s|column|cmp|diff|readlink|realpath|stat|file\\s|cd\\s';
const windows =
  'cmd(?:\\.exe)?|powershell(?:\\.exe)?|pwsh|net\\s(?:user|localgroup|view|share|start|stop|use)|ipconfig|systeminfo|tasklist|taskkill|netsh|reg\\s(?:add|query|save)|sc\\s(?:query|config|start)|certutil|bitsadmin|wmic|mshta|rundll32|regsvr32|cscript|wscript|schtasks|icacls|attrib|xcopy|robocopy|tracert|nbtstat|getmac|whoami|dir|type|del|copy|start|tree|ver|vol|query|qwinsta|forfiles|msiexec|installutil|odbcconf|certreq|expand|findstr|where|ftp\\.exe|ping\\.exe|\\w{2,20}\\.exe';

/** Command injection: a shell's separators with a command behind, substitutions, and paths of interpreters. */
export const commandInjection: readonly Signature[] = [
  signature(
    'rce.separator-command',
    'shell',
    40,
    new RegExp(
      `(?:[;|&\`\\n{]|\\$\\(|<\\(|>\\(|%0a|\\\\n|=\\()[\\s({"'!+,$\\\\@~]{0,6}(?=[\\w/])(?:/?(?:usr/)?(?:local/)?s?bin/)?(?:${unix}|${windows})(?:[\\s;|&\`)<>"',}/$+\\\\-]|$)`,
    ),
    'a shell command behind a separator',
  ),
  signature(
    'rce.substitution',
    'shell',
    20,
    /\$\([^()$]{1,80}\)|\{[a-z-]{1,6},-{1,2}\w|`[a-z/~.$][^`]{1,80}`|\$\{[a-z_]{2,20}(?:[:#%/][^}]{0,60})\}|\$\{ifs\}|\$ifs\b|<\([a-z]|>\([a-z]|\$\(\(|\{[a-z/]{2,12},[^}]{1,80}\}|\$\{!\w|\{,\$?["'\w]/,
    'shell substitution',
  ),
  signature(
    'rce.expansion-trick',
    'text',
    20,
    /\$(?:\{?ifs|@|\*|shell|\{?path[:}]|0\b|\{[@*])|\/\?{2,}\/|\/[\w?*[\]]{0,10}[?*]{1,3}[\w?*]{0,10}\/[\w?*]{0,12}[?*[]|\w\/\[\w\]\w|\/\w{0,8}\[\w{1,4}\]\w{1,8}|[\w/]"{2}\w|\w'{2}\w{1,10}'{2}|\\\w\\\w\\\w|(?:"{2}\w){3}|"{2}\w"{2}\w/,
    'shell globbing that hides a name',
  ),
  signature(
    'rce.interpreter',
    'shell',
    40,
    /(?:^|[^\w.])\/?(?:usr\/)?(?:local\/)?s?bin\/[a-z]{2,12}|\/dev\/(?:tcp|udp)\/|\b(?:cmd|powershell|pwsh|mshta|wscript|cscript|rundll32|regsvr32|certutil|bitsadmin|tftp|net|ping|nslookup|ipconfig|wmic)\.exe\b|\bcmd\s\/[ck]\b|%comspec%|%systemroot%|\bpowershell\b[\s./-]|\b(?:ba|z|k|c|da)?sh\s-[cilx]{1,3}\b|\b(?:python[\d.]*|perl|ruby|php|node|lua)\s-(?:c|e|r)\b/,
    'paths and switches of interpreters',
  ),
  signature('rce.shellshock', 'text', 40, /\(\s?\)\s?\{/, 'function definition (Shellshock)'),
  signature(
    'rce.bare-command',
    'shell',
    20,
    new RegExp(
      `^["'\\\\s(!+@~]{0,4}(?:sudo\\s|exec\\s|eval\\s|nohup\\s|time\\s|env\\s)?(?:${unix}|${windows})(?:\\s[+-]{1,2}[a-z]\\w{0,20}|\\s/[a-z*?]|\\s\\S{0,40}(?:/etc/|/bin/|/tmp/|/dev/|/var/|[;|&\`<>$*?]|\\.\\./|~/)|\\s[a-z]:[\\\\/]|\\shttps?://|\\s?>\\s?[/&\\w])`,
    ),
    'a command line as a value',
    value,
  ),
  signature(
    'rce.bare-name',
    'shell',
    10,
    /^['"`;|&\s]{1,6}(?:id|ls|whoami|uname|ifconfig|ipconfig|netstat|dir|pwd|ps|env|set|hostname|systeminfo|reboot|shutdown|phpinfo|passwd)['"`;|&\s]{0,6}$/,
    'a command between quotes',
    value,
  ),
  signature(
    'rce.read-secret',
    'shell',
    40,
    /\b(?:cat|more|less|head|tail|type|nl|od|strings|sort|grep|awk|sed|cp|mv|curl|wget|rev|tac|vim?|ls)\b[^&]{0,40}(?:\/etc|\/proc|\/var\/|\/root|\/home|passwd|shadow|\.ssh|boot\.ini|win\.ini)/,
    'reads system files',
  ),
  signature(
    'rce.redirect',
    'shell',
    20,
    /[0-2&]?>{1,2}\s?(?:&\d|\/(?:dev|tmp|var|etc)\/|\w+\.(?:php|sh|txt|jsp|asp))|<<<|\bexec\s\d[<>]|\|\s?(?:tee|xargs|base64|sh|bash|php|perl|python)\b|\d<>\/|<&\d/,
    'redirects in or out of a file',
    value,
  ),
  signature('rce.fork-bomb', 'shell', 40, /:\s?\(\s?\)\s?\{|\{\s?:\s?\|\s?:/, 'fork bomb'),
  signature(
    'rce.control-flow',
    'shell',
    20,
    /\bfor\s{1,8}(?:\/\w\s{1,8})?%{1,2}\w{1,20}\s{1,8}in\s?\(|\bfor\s\/[lfdr]\s|\bif\s{1,20}(?:\/i\s{1,20})?(?:not\s{1,20})?(?:exist|defined|errorlevel)\s|\bif\s{1,20}(?:\/i\s{1,20})?(?:not\s{1,20})?\S{1,30}\s{0,20}==|\bif\s{1,12}\S{1,20}\s{1,12}(?:equ|neq|lss|leq|gtr|geq)\b|\bif\s?\(\w{1,20}\)\s?==\s?\(|\bwhile\s(?:true|:|\[)|\bfor\s\w{1,12}\sin\s.{1,60};\s?do\b|;\s?(?:do|then|fi|done)\b|\bif\s\[{1,2}\s|\bselect\s\w+\sin\s/,
    'control flow of a shell',
    value,
  ),
  signature(
    'rce.separator-switch',
    'shell',
    20,
    /(?:[;|&`]|^)\s?[a-z_][\w.]{1,20}\s{0,3}(?:\/[a-z?]\s|\s-{1,2}[a-z]\w{0,20}\s{1,3}[\w/.-]|\s\/[a-z?]$)/,
    'a program with switches',
    query,
  ),
  signature(
    'rce.history',
    'text',
    10,
    /(?:^|[\s=])!(?:-?\d{1,3}|!|\w:\w)(?:$|\s)|^~[+-]\d?$|^~[+-]\/|(?:^|\s)alias\s[+\w]|^(?:set|env|printenv|export)\s?$|^%\w{4,20}%$/,
    'shell history and state',
    value,
  ),
  signature(
    'rce.powershell',
    'text',
    40,
    /\b(?:invoke-(?:expression|webrequest|command|item)|iex\s?\(|new-object\s(?:net|system|io)|start-process|get-(?:childitem|content|process|wmiobject|ciminstance)|set-executionpolicy|downloadstring|downloadfile|-encodedcommand|-executionpolicy\sbypass|convertto-securestring|add-type\s-|out-file)\b/,
    'PowerShell',
  ),
  signature(
    'rce.jvm-or-dotnet',
    'text',
    20,
    /\bsystem\.(?:diagnostics|io|net)\.\w|\bprocess(?:builder|\.start)\b/,
    'starts processes from managed code',
  ),
  signature(
    'rce.mail-command',
    'text',
    10,
    /(?:^|[\s=])(?:rcpt\sto|mail\sfrom|helo|ehlo|vrfy|expn|starttls|apop|uidl|retr|dele|capability|fetch\s\d|append\s\w+\s\(|list\s"|select\sinbox|lsub\s"|auth(?:enticate)?\s(?:plain|login|cram-md5|digest-md5|ntlm))\b[^&]{0,80}/,
    'mail server commands',
    query,
  ),
];
