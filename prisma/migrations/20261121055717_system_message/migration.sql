-- AlterTable
ALTER TABLE "revision" ADD COLUMN     "systemMessage" TEXT;
