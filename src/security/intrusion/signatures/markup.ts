import { Part, signature, type Signature } from '../signature';

const { query, header, path } = Part;
const tags =
  'script|iframe|frame|frameset|object|embed|applet|meta|link|base|body|html|head|style|svg|img|image|input|form|button|textarea|select|keygen|isindex|video|audio|source|track|marquee|bgsound|layer|ilayer|details|summary|dialog|math|table|td|th|tr|div|span|a|b|i|p|br|hr|h1|center|font|xml|xss|template|slot|noscript|title|comment|plaintext|listing|xmp|noembed|picture|animate|set|use|foreignobject|option|area|map|portal|label|pre|blink|command|menu|param|rss|custom|var|del|ins|code|bdo|nobr|q';
const events =
  'abort|activate|after|animation|auxclick|before|begin|blur|bounce|cancel|canplay|cellchange|change|click|close|contextmenu|controlselect|copy|cuechange|cut|dataavailable|dblclick|deactivate|drag|drop|durationchange|emptied|end|error|errorupdate|filterchange|finish|focus|formdata|formchange|forminput|fullscreen|gotpointer|hashchange|help|input|invalid|key|languagechange|layoutcomplete|load|lostpointer|lose|media|message|mouse|move|offline|online|orientation|outofsync|page|paste|pause|play|pointer|popstate|popover|progress|propertychange|ratechange|readystate|redo|repeat|reset|resize|resume|reverse|row|scroll|search|securitypolicy|seek|select|show|slotchange|stalled|start|stop|storage|submit|suspend|sync|time|toggle|touch|track|transition|undo|unhandled|unload|url|visibility|volume|wait|webkit|wheel|zoom';

/** Cross-site scripting and other markup. An API that answers JSON is asked none of it. */
export const markupInjection: readonly Signature[] = [
  signature(
    'xss.script-tag',
    'html',
    40,
    /<\s?\/?\s?script|<\w{0,12}:script|&(?:lt|#x?0*3c);?\s?script|<scr<|\bscript\s?>|%3c\/?script|\+adw-|\bscr\wpt\b.{0,5}>/,
    'script tag',
  ),
  signature(
    'xss.event-handler',
    'html',
    40,
    new RegExp(`(?:[\\s"'/<>;&\`)\\\\+?,{(]|^|%20|/\\*\\*/)on(?:${events})[a-z]{0,20}\\s{0,4}=(?!=)`),
    'event handler attribute',
  ),
  signature(
    'xss.script-url',
    'html',
    40,
    /\b(?:j\s?a\s?v\s?a|v\s?b|live|jav\w{0,6})\s?s\s?c\s?r\s?i\s?p\s?t\s?(?:[:(]|&colon)|\bdata\s?:\s?(?:text\/(?:html|xml|javascript)|image\/svg|application\/(?:xhtml|javascript|x-javascript|xml)|[^,&]{0,40}base64\s?,|[^,]{0,30},\s?<)|\bmocha:|\bfeed:\w+:/,
    'URL that is a script',
  ),
  signature('xss.known-tag', 'html', 20, new RegExp(`<\\s?/?\\s?(?:${tags})(?:[\\s/>"'\`+&]|$)`), 'HTML tag'),
  signature(
    'xss.any-tag-with-attribute',
    'html',
    20,
    /<[a-z!?/][\w:!-]{0,30}[\s/+]{1,6}[^<>]{0,120}=|<!--|<!\[cdata|-->|<!doctype|<!entity|<\/?\w{1,20}\s?(?:\/\s?)?>/,
    'markup with attributes',
  ),
  signature(
    'xss.breakout',
    'html',
    20,
    /["'`]\s?\/?\s?>\s?(?:<|['"]|$|\w)|\\?["']\s?-+\s?>|["']\s?autofocus\b|\bsrcdoc\s?=|\bformaction\s?=|\bxlink:href\b|\bhttp-equiv\b|\bdynsrc\s?=|\blowsrc\s?=|[\s"'/]style\s?=\s?[\w"'&]|\bhref\s?=\s?["'\w]|[\s"'/]src\s?=\s?["'\w&/]|\bxmlns\s?=|\battributename\s?=|\bbackground\s?=\s?["']/,
    'breaks out of an attribute',
  ),
  signature(
    'xss.script-call',
    'html',
    40,
    /(?:^|[^\w.]|window\.|self\.|top\.|this\.)(?:alert|confirm|prompt|eval|execscript|atob|fromcharcode|settimeout|setinterval|importscripts|print)\s?(?:\)\s?\(|\(\s?[\w'"`/\\)(!]|`|&(?:lpar|#)|\.(?:call|apply|bind)|\?\.\(|\[|\/\*|\}|&#|\\u|\)\()/,
    'calls of a browser',
  ),
  signature(
    'xss.browser-object',
    'html',
    40,
    /\bdocument\s?(?:\.|\[)\s?['"]?(?:cookie|domain|location|write\w*|body|createelement|getelement\w*|url|referrer|documentelement|forms|queryselector\w*|title|baseuri|head|default\w*)|\bwindow\s?(?:\.|\[)\s?['"\w]|\b(?:top|self|parent|frames|this|globalthis|content)\s?\[\s?(?:['"`/(]|\w+\.)|\b(?:window|self|top|parent|document)\.(?:location|name|open|eval|onerror|onload)|\blocation\s?(?:=|\.(?:href|hash|replace|assign|search|pathname|origin))|\b(?:local|session)storage\b|\.(?:inner|outer)html\b|\.insertadjacent\w|\bxmlhttprequest\b|\bactivexobject\b|\bstring\.fromcharcode\b|\bfetch\s?\(\s?['"`]|\bnavigat(?:or|ion)\.\w|\bsendbeacon\b|\bnew\s(?:image|function|option|websocket|worker|xmlhttprequest)\b|\bhistory\.(?:push|replace)state\b|\bcookiestore\b|\btrustedtypes\b|\[?['"](?:constructor|alert|location|document|eval)['"]\]?/,
    'objects of a browser',
  ),
  signature(
    'xss.script-trick',
    'html',
    20,
    /\[\]\s?\[?\s?['"(!+]|\(\s?!\s?!?\s?\[\]|\+!\s?\[|!\[\]\+|\(\s?\w{1,20}\s?=\s?(?:alert|confirm|prompt|eval)|\bthrow\s?(?:[\w'"`{/]|\/\*)|=\s?(?:alert|confirm|prompt)\b|\b(?:alert|confirm|prompt)\b\s?[,;)\]`]|['"`]\s?-\s?(?:alert|confirm|prompt|\w{1,20}\()|\.(?:map|find|foreach|sort|filter|from|some|every|replace|reduce)\s?(?:\.\w+)?\s?(?:\(|`)\s?(?:alert|confirm|prompt|eval|\$\{)|\.source\s?\+|\/\w{1,12}\/\.source|\bvar\s\w{1,20}\s?=|\blet\s\w{1,20}\s?=|\bwith\s?\(\s?\w|\btry\s?\{|\bfunction\s?\w{0,20}\s?\(|=>\s?[\w{(]|\bdelete\s\w|\bvoid\s?\(|\bsetter\b/,
    'script that avoids filters',
  ),
  signature(
    'xss.css',
    'html',
    20,
    /\bexpression\s?\(|-moz-binding|\bbehaviou?r\s?:\s?url|@import\s?(?:['"]|url)|\burl\s?\(\s?['"]?\s?(?:javascript|data|https?:|\/\/)|\bstyle\s?=[^>]{0,80}(?:expression|javascript|:\s?url)|@keyframes|\banimation-name\b|@charset/,
    'script in style sheets',
  ),
  signature('xss.less-than', 'html', 5, /<\w{1,20}[\s/>]|<\w{1,20}$|\w>\s?<\w/, 'an opened tag', query | path),
  signature(
    'injection.xml-entity',
    'text',
    40,
    /<!(?:doctype|entity|element|attlist)|<\?xml[\s-]|\bxmlns:\w|<xsl:|<soap|<xi:include|\bsystem\s?["'](?:file|http|ftp|php)/,
    'XML entities',
  ),
  signature(
    'injection.ssi',
    'text',
    40,
    /<!--\s?#\s?(?:exec|include|echo|config|printenv|set|fsize|flastmod)|<esi:/,
    'server-side includes',
  ),
  signature(
    'injection.ldap',
    'text',
    40,
    /\*\)\(\|?\(?\w|\)\(\|?\(?(?:cn|uid|objectclass|user\w*|pass\w*|mail|sn|\w{2,20})\s?[=~]|\(\s?[&|!]\s?\(\s?\w|\(objectclass=|\)\(&|\*\(\||\|\(\w{1,20}=|\*\)\)%00/,
    'LDAP filters',
  ),
  signature(
    'injection.xpath',
    'text',
    20,
    /\b(?:string-length|substring-before|substring-after|starts-with|name|count|text|node|position|last|doc|document)\s?\(\s?(?:\/|\.|\)|@|\w+::|['"])|\b(?:ancestor|descendant|following|preceding|parent|child|self)(?:-or-self)?::|\/\*\[|\]\s?\|\s?\/\/|\|\s?\/\/\w|\/\/\w{1,20}\[|\bor\s\w{1,20}\(\)\s?=/,
    'XPath',
  ),
  signature(
    'injection.csv-or-formula',
    'text',
    10,
    /^[=+@-]\s?(?:cmd|dde|hyperlink|importxml|webservice|exec)\s?[|(!]/,
    'spreadsheet formula',
    query,
  ),
  signature(
    'injection.header-split',
    'raw',
    40,
    /(?:%0d|%0a|\\r|\\n|%e5%98%8[ad]|\r|\n|%u000[ad]|%250[ad]|%c4%8[ad])(?:%0d|%0a|\\n|%20|\s|%09|%e5%98%8[ad]|%250[ad]){0,8}\s?(?:[\w-]{3,40}(?::|%3a|%e5%98%ba)|http(?:\/|%2f)\d|<html|%3chtml|(?:get|post|put|head)(?:%20|\+|\s)\S{1,80}http)/,
    'response splitting',
    query | path | header,
  ),
  signature(
    'injection.line-break',
    'raw',
    10,
    /(?:%0d%0a|%0a|%0d)(?:%0d|%0a)?[^&]{0,60}(?::|%3a|;|%3b|=|%3d|\b[a-z]{3,12}(?:%20|\+)\w|$)|%e5%98%8[ad]/,
    'line breaks in a value',
    path | query,
  ),
];
