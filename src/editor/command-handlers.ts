import { addEngine } from './commands/add-engine';
import { exportAudit } from './commands/audit/export-audit';
import { showEvents } from './commands/audit/show-events';
import { showStatistics } from './commands/audit/show-statistics';
import { verifyAudit } from './commands/audit/verify-audit';
import { allowAlways, blockAddress, copyBlockedAddress, extendBlock, unblock } from './commands/blocks/change-block';
import { exportBlocks, importBlocks } from './commands/blocks/exchange-blocks';
import { clearTemporaryBlocks, manageAllowlist, manageBlocks, showBlocks } from './commands/blocks/manage-blocks';
import { clearEngineKey } from './commands/clear-engine-key';
import { copyCurl } from './commands/copy-curl';
import { copyEndpoint } from './commands/copy-endpoint';
import { copyEngineAddress } from './commands/copy-engine-address';
import { copyModelId } from './commands/copy-model-id';
import { copyModelCurl, copyModelPython, copyModelTypeScript } from './commands/copy-model-snippet';
import { startDemo, stopDemo } from './commands/demo-engine';
import { diagnose } from './commands/diagnose';
import { clearFilter, filterModels } from './commands/filter-models';
import { hideEngine } from './commands/hide-engine';
import { changeKeyLimits, copyKeyId, renameKey, revokeKey, rotateKey } from './commands/keys/change-key';
import { createDecoyKey } from './commands/keys/create-decoy-key';
import { createKey } from './commands/keys/create-key';
import { manageKeys } from './commands/keys/manage-keys';
import { showKeyUsage } from './commands/keys/show-key-usage';
import { openEngineDocs } from './commands/open-engine-docs';
import { openLog } from './commands/open-log';
import { openPanel, openPanelInEditor } from './commands/open-panel';
import { openSettings } from './commands/open-settings';
import { openWalkthrough } from './commands/open-walkthrough';
import { editPolicy, exportPolicy, importPolicy, resetPolicy, setPolicyMode } from './commands/policy/policy-commands';
import { refreshEngines } from './commands/refresh-engines';
import { removeEngine } from './commands/remove-engine';
import { restartProxy } from './commands/restart-proxy';
import { setEngineKey } from './commands/set-engine-key';
import {
  changeShare,
  copyShareEndpoint,
  copyShareMessage,
  extendShare,
  rotateShare,
  stopShare,
} from './commands/shares/change-share';
import { createShare } from './commands/shares/create-share';
import { manageShares } from './commands/shares/manage-shares';
import {
  setUpClaudeCode,
  setUpCline,
  setUpContinue,
  setUpOpenAiSdk,
  setUpTool,
  setUpVsCode,
} from './commands/set-up-tool';
import { changeExposure, closeExposure } from './commands/sharing/change-exposure';
import { runCheckup, showCheckup } from './commands/sharing/checkup-commands';
import { copyAddress } from './commands/sharing/copy-address';
import { firewallRules } from './commands/sharing/firewall-rules';
import { exportCa, renewCertificate, revokeCertificate, setUpTls } from './commands/sharing/tls-commands';
import { concealHidden, showHidden } from './commands/show-hidden';
import { showMoreModels } from './commands/show-more-models';
import { startEngine } from './commands/start-engine';
import { startProxy } from './commands/start-proxy';
import { stopProxy } from './commands/stop-proxy';
import { toggleProxy } from './commands/toggle-proxy';
import { undoToolSetup } from './commands/undo-tool-setup';
import { unhideEngine } from './commands/unhide-engine';
import { useAsDefault } from './commands/use-as-default';
import type { CommandHandler } from './command-services';
import type { CommandId } from './contributions';

/**
 * Every command of package.json. A row that is missing does not compile. Loaded with the first command that runs: it
 * brings half of the editor side with it, which no start-up should wait for.
 */
export const commandHandlers: Record<CommandId, CommandHandler> = {
  'flm.proxy.toggle': toggleProxy,
  'flm.proxy.start': startProxy,
  'flm.proxy.stop': stopProxy,
  'flm.proxy.restart': restartProxy,
  'flm.proxy.copyEndpoint': copyEndpoint,
  'flm.proxy.copyCurl': copyCurl,
  'flm.engines.refresh': refreshEngines,
  'flm.engines.add': addEngine,
  'flm.engines.showHidden': showHidden,
  'flm.engines.concealHidden': concealHidden,
  'flm.engine.start': startEngine,
  'flm.engine.remove': removeEngine,
  'flm.engine.setKey': setEngineKey,
  'flm.engine.clearKey': clearEngineKey,
  'flm.engine.hide': hideEngine,
  'flm.engine.unhide': unhideEngine,
  'flm.engine.copyAddress': copyEngineAddress,
  'flm.engine.openDocs': openEngineDocs,
  'flm.models.filter': filterModels,
  'flm.models.clearFilter': clearFilter,
  'flm.models.showMore': showMoreModels,
  'flm.model.copyId': copyModelId,
  'flm.model.copyCurl': copyModelCurl,
  'flm.model.copyPython': copyModelPython,
  'flm.model.copyTypeScript': copyModelTypeScript,
  'flm.model.useAsDefault': useAsDefault,
  'flm.demo.start': startDemo,
  'flm.demo.stop': stopDemo,
  'flm.keys.create': createKey,
  'flm.keys.createDecoy': createDecoyKey,
  'flm.keys.manage': manageKeys,
  'flm.key.copyId': copyKeyId,
  'flm.key.rename': renameKey,
  'flm.key.changeLimits': changeKeyLimits,
  'flm.key.rotate': rotateKey,
  'flm.key.revoke': revokeKey,
  'flm.key.showUsage': showKeyUsage,
  'flm.share.create': createShare,
  'flm.shares.manage': manageShares,
  'flm.share.stop': stopShare,
  'flm.share.extend': extendShare,
  'flm.share.change': changeShare,
  'flm.share.rotate': rotateShare,
  'flm.share.copyEndpoint': copyShareEndpoint,
  'flm.share.copyMessage': copyShareMessage,
  'flm.audit.showEvents': showEvents,
  'flm.audit.showStatistics': showStatistics,
  'flm.audit.export': exportAudit,
  'flm.audit.verify': verifyAudit,
  'flm.blocks.show': showBlocks,
  'flm.blocks.add': blockAddress,
  'flm.blocks.remove': unblock,
  'flm.blocks.extend': extendBlock,
  'flm.blocks.copyAddress': copyBlockedAddress,
  'flm.blocks.allow': allowAlways,
  'flm.blocks.manage': manageBlocks,
  'flm.blocks.manageAllowlist': manageAllowlist,
  'flm.blocks.clearTemporary': clearTemporaryBlocks,
  'flm.blocks.import': importBlocks,
  'flm.blocks.export': exportBlocks,
  'flm.policy.edit': editPolicy,
  'flm.policy.setMode': setPolicyMode,
  'flm.policy.reset': resetPolicy,
  'flm.policy.import': importPolicy,
  'flm.policy.export': exportPolicy,
  'flm.exposure.change': changeExposure,
  'flm.exposure.close': closeExposure,
  'flm.exposure.copyAddress': copyAddress,
  'flm.tls.setUp': setUpTls,
  'flm.tls.exportCa': exportCa,
  'flm.tls.renew': renewCertificate,
  'flm.tls.revoke': revokeCertificate,
  'flm.firewall.show': firewallRules,
  'flm.checkup.run': runCheckup,
  'flm.checkup.show': showCheckup,
  'flm.panel.open': openPanel,
  'flm.panel.openInEditor': openPanelInEditor,
  'flm.diagnose.run': diagnose,
  'flm.log.open': openLog,
  'flm.settings.open': openSettings,
  'flm.tools.setUp': setUpTool,
  'flm.tools.setUpContinue': setUpContinue,
  'flm.tools.setUpCline': setUpCline,
  'flm.tools.setUpVsCode': setUpVsCode,
  'flm.tools.setUpOpenAiSdk': setUpOpenAiSdk,
  'flm.tools.setUpClaudeCode': setUpClaudeCode,
  'flm.tools.undo': undoToolSetup,
  'flm.walkthrough.open': openWalkthrough,
};
