"""Makes input.safetensors and expected.safetensors: what transformers and peft find the tokens of seven rows worth.
Made with torch 2.13, transformers 5.18, peft 0.21. Run: python make_oracles.py FOLDER, where the test class
org.drllava.cli.TinyModel has written FOLDER/model and FOLDER/adapter; the files land beside this script."""
import sys
from pathlib import Path
import torch
from peft import PeftModel
from safetensors.torch import save_file
from transformers import LlavaForConditionalGeneration

source, here, time, image = Path(sys.argv[1]), Path(__file__).parent, 14, 48
generator = torch.Generator().manual_seed(7)
words = lambda n: torch.randint(0, 48, (n,), generator=generator)
picture = torch.full((4,), image)
rows = [  # tokens, padding before them
    (torch.cat([words(2), picture, words(5)]), 3),
    (torch.cat([words(1), picture, words(4)]), 0),
    (words(9), 5),
    (words(14), 0),
    (torch.cat([picture, words(6)]), 2),
    (words(1), 4),
    (words(0), 0),
]
ids, mask = torch.full((len(rows), time), 49), torch.zeros(len(rows), time, dtype=torch.long)
for row, (tokens, before) in enumerate(rows):
    ids[row, before : before + len(tokens)] = tokens
    mask[row, before : before + len(tokens)] = 1
pixels = torch.randn(len(rows), 3, 8, 8, generator=generator)


@torch.no_grad()
def scores(model):
    result = torch.zeros(len(rows), time - 1)
    for row, (tokens, before) in enumerate(rows):
        if len(tokens) > 1:
            pictures = {"pixel_values": pixels[row : row + 1]} if (tokens == image).any() else {}
            logits = model(input_ids=tokens[None], attention_mask=torch.ones_like(tokens)[None], **pictures).logits[0]
            result[row, before : before + len(tokens) - 1] = logits[:-1].log_softmax(-1).gather(-1, tokens[1:, None])[:, 0]
    return result


model = LlavaForConditionalGeneration.from_pretrained(source / "model", dtype=torch.float32).eval()
base = scores(model)
adapted = scores(PeftModel.from_pretrained(model, source / "adapter").eval())
save_file({"input_ids": ids, "attention_mask": mask, "pixel_values": pixels}, here / "input.safetensors")
save_file({"base": base, "adapted": adapted}, here / "expected.safetensors")
print(base, (base - adapted).abs().max())
