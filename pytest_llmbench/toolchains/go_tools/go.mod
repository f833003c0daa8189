module llmbenchtool

go 1.27
