"""Makes tokenizer.json, a small BPE with byte fallback as LLaMA's, and cases.json, what Hugging Face tokenizers does with it.
Made with tokenizers 0.23.2. Run: python make_oracles.py FOLDER"""
import json, sys
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors, trainers

out = sys.argv[1]
words = "normal image quality adequate slide shows the cells multiple USER: ASSISTANT: what does this patch suggest acute myeloid leukemia myeloma café β".split()
tok = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=True))
tok.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="first")
tok.decoder = decoders.Sequence([decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)])
tok.train_from_iterator([" ".join(words[i:] + words[:i]) for i in range(len(words))], trainers.BpeTrainer(
    vocab_size=420, special_tokens=["<unk>", "<s>", "</s>"] + [f"<0x{i:02X}>" for i in range(256)], initial_alphabet=[]))
spec = json.loads(tok.to_str())
spec["added_tokens"] = [t for t in spec["added_tokens"] if not t["content"].startswith("<0x")]
tok = Tokenizer.from_str(json.dumps(spec))
tok.add_special_tokens(["<image>"])
tok.post_processor = processors.TemplateProcessing(single="<s> $A", pair="<s> $A <s> $B", special_tokens=[("<s>", 1)])
tok.save(f"{out}/tokenizer.json")
texts = ["", " ", "normal image USER: quality", " leading and  double spaces ", "tabs\tand\nlines\r\n", "unseen emoji 🩸 and ∑ 骨髄",
         "café β", "a</s>b <image> c", "nul \0 inside", "1,234.5 %"]
json.dump([dict(text=t, ids=tok.encode(t).ids, plain=tok.encode(t, add_special_tokens=False).ids, decoded=tok.decode(tok.encode(t).ids)) for t in texts],
          open(f"{out}/cases.json", "w"), ensure_ascii=False, indent=1)
