/**
 * Tools that attack or map servers and say so in `User-Agent`. Names of programs, not of companies or libraries: lists
 * of "bad bots" also hold `openai`, `anthropic-ai`, `git`, `fasthttp`, that is, our own clients.
 *
 * `prober`: research scanners that map the whole internet; noise, counted lower.
 */
const attackTools =
  'sqlmap|nikto|nuclei|nmap(?:\\b|$)|masscan|zgrab|wpscan|gobuster|dirbuster|dirsearch|ffuf|fuzz faster|feroxbuster|acunetix|nessus|openvas|burp ?(?:suite|collab)|\\bzap\\b|w3af|arachni|havij|jorgee|commix|wfuzz|whatweb|wapiti|netsparker|jbrofuzz|libwhisker|morfeus|webshag|webbandit|skipfish|metasploit|hydra\\b|tplmap|ghauri|kadimus|panoptic|cmsmap|graphw00f|noseyparker|trufflehog|yeswehack|sitelock|securityagent|betabot|mozlila|qualys|appscan|vega\\/|paros|grendel|golismero|dirb\\b|httpx - open|katana\\b|xsstrike|dalfox|joomscan|droopescan|fimap|bsqlbf|sqlninja|pangolin|absinthe|brutus|webinspect|n-stealth|nsauditor|pmafind|zmeu|muieblackcat|detectify|intruder\\.io|probely|jaeles|subfinder|amass|crowbar|patator|medusa\\b|zaproxy|beef\\b|whisker|webtrends security|blackwidow|internet ?ninja|scanalert|linkscan|xenu';
const probers =
  'censys|l9(?:explore|scan|tcpid)|leakix|expanse|internet-?measurement|netsystemsresearch|shodan|binaryedge|zoomeye|fofa|probethenet|cloudflare-?radar|radarurlscanner|netcraft|visionheight|getodin|odin;|scanbot|adscanner|twinwave|probe-bot|inspectiontool|(?:vuln|port|ssl|web|security)[ -]?scan(?:ner)?|\\bscanner\\b|stretchoid|onyphe|rapid7|project ?sonar|shadowserver|criminalip|alphastrike|bitsight|palo ?alto|securitytrails|urlscan';

const ATTACK_TOOL = new RegExp(`(?:^|[^a-z])(?:${attackTools})`);
const PROBER = new RegExp(`(?:${probers})`);

/** What the agent says it is, or undefined for everything that is neither. Linear; at most 300 characters are read. */
export function scannerAgent(userAgent: string): 'attack-tool' | 'prober' | undefined {
  const agent = userAgent.slice(0, 300).toLowerCase();
  if (ATTACK_TOOL.test(agent)) return 'attack-tool';
  return PROBER.test(agent) ? 'prober' : undefined;
}
