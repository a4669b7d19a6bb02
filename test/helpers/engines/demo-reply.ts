/** Texts of the demo engine by language. `{question}` is what was asked, `{model}` the model's name. */
const texts = {
  en: {
    chat: 'This is the FLM demo engine: no language model is running, and this answer is prepared. You asked: “{question}” — thank you. The words arrive one at a time, as those of a real engine would, so that you can see streaming, cancelling and the counters at work. Start Ollama, LM Studio, vLLM or llama.cpp to get real answers.',
    empty:
      'This is the FLM demo engine: no language model is running, and this answer is prepared. Ask something, and it will quote your question.',
  },
  ja: {
    chat: 'これは FLM のデモエンジンです。言語モデルは動いておらず、この回答はあらかじめ用意されたものです。ご質問は「{question}」ですね。ありがとうございます。本物のエンジンと同じように少しずつ届くので、ストリーミング、中断、各種カウンターの動きを確かめられます。実際の回答を得るには、Ollama、LM Studio、vLLM、llama.cpp のいずれかを起動してください。',
    empty: 'これは FLM のデモエンジンです。言語モデルは動いておらず、この回答はあらかじめ用意されたものです。',
  },
} as const;

/** The demo engine's prepared answer, in the language of the question. */
export function demoText(question: string): string {
  const quoted = Array.from(question.replaceAll(/\s+/g, ' ').trim()).slice(0, 200).join('');
  const language = /[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u.test(quoted) ? 'ja' : 'en';
  return quoted === '' ? texts[language].empty : texts[language].chat.replace('{question}', () => quoted);
}
